// Package queue holds messages until a harbour takes them.
package queue

// Message is a reading on its way.
type Message struct {
	ID   string
	Body string
}

// Queue gives messages in the order in which they came.
type Queue struct {
	waiting []Message
}

// New gives an empty queue.
func New() *Queue {
	return &Queue{}
}

// Push puts a message at the end.
func (q *Queue) Push(m Message) {
	q.waiting = append(q.waiting, m)
}

// Pop takes the first message.
func (q *Queue) Pop() (Message, bool) {
	if len(q.waiting) == 0 {
		return Message{}, false
	}
	m := q.waiting[0]
	q.waiting = q.waiting[1:]
	return m, true
}

// Len is the number of messages that wait.
func (q *Queue) Len() int {
	return len(q.waiting)
}

// Drain takes all messages.
func (q *Queue) Drain() []Message {
	all := q.waiting
	q.waiting = nil
	return all
}
