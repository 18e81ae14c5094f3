package bill

// Split shares an amount in euros among n harbours.
func Split(amount float64, n int) []float64 {
	shares := make([]float64, n)
	for i := range shares {
		shares[i] = amount / float64(n)
	}
	return shares
}

// Total adds up shares.
func Total(shares []float64) float64 {
	var sum float64
	for _, each := range shares {
		sum += each
	}
	return sum
}
