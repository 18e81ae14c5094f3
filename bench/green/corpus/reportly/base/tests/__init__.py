import warnings

warnings.simplefilter("error", DeprecationWarning)
# share.py still uses sum_rows.
warnings.filterwarnings("ignore", message="sum_rows is deprecated")
