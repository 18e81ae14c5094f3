package shortlink

import "testing"

func TestSlugLowers(t *testing.T) {
	if got := Slug("Hello World"); got != "hello-world" {
		t.Errorf("got %q", got)
	}
}

func TestSlugTrims(t *testing.T) {
	if got := Slug("  --Spring sale 2024!  "); got != "spring-sale-2024" {
		t.Errorf("got %q", got)
	}
}

func TestSlugOfNothing(t *testing.T) {
	if got := Slug("!?"); got != "" {
		t.Errorf("got %q", got)
	}
}
