module example.org/floodgate

go 1.20
