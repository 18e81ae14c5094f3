module example.test/tokend

go 1.21
