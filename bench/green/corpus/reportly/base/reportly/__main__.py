import sys

from reportly.rows import read_rows
from reportly.table import table

if __name__ == "__main__":
    sys.stdout.write(table(read_rows(sys.argv[1])))
