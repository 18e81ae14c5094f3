# third-party code, copied verbatim
