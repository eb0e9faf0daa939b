package config

// didYouMean ends a message with the known word that a mistyped one most
// likely meant; "" if none is near.
func didYouMean(word string, known []string) string {
	guess := nearest(word, known)
	if guess == "" {
		return ""
	}
	return "; did you mean \"" + guess + "\"?"
}

func nearest(word string, known []string) string {
	best, distance := "", len(word)/3+1
	for _, k := range known {
		if d := editDistance(word, k); d <= distance && d < len(word) {
			if d < distance || best == "" {
				best, distance = k, d
			}
		}
	}
	return best
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
