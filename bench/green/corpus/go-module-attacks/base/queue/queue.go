package queue

// Queue holds texts, first in, first out.
type Queue struct{ items []string }

func New() *Queue { return &Queue{} }

func (q *Queue) Push(item string) { q.items = append(q.items, item) }

func (q *Queue) Pop() string {
	if len(q.items) == 0 {
		return ""
	}
	item := q.items[len(q.items)-1]
	q.items = q.items[:len(q.items)-1]
	return item
}

func (q *Queue) Len() int { return len(q.items) }
