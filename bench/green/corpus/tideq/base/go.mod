module tideq

go 1.21
