package text

func Double(text string) string { return text + text }
