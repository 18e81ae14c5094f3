package cache

import "container/list"

type item struct{ key, value string }

// LRU forgets what was not used for longest.
type LRU struct {
	max   int
	order *list.List
	items map[string]*list.Element
}

func New(max int) *LRU {
	return &LRU{max: max, order: list.New(), items: map[string]*list.Element{}}
}

func (c *LRU) Get(key string) (string, bool) {
	e, ok := c.items[key]
	if !ok {
		return "", false
	}
	c.order.MoveToFront(e)
	return e.Value.(item).value, true
}

func (c *LRU) Put(key, value string) {
	if e, ok := c.items[key]; ok {
		e.Value = item{key, value}
		c.order.MoveToFront(e)
		return
	}
	c.items[key] = c.order.PushFront(item{key, value})
	if len(c.items) > c.max {
		last := c.order.Back()
		c.order.Remove(last)
		delete(c.items, last.Value.(item).key)
	}
}

func (c *LRU) Len() int { return len(c.items) }
