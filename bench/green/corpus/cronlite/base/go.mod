module example.com/cronlite

go 1.21
