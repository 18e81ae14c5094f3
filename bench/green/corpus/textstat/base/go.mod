module example.org/textstat

go 1.22
