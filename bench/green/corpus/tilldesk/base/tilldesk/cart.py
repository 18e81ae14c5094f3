from dataclasses import dataclass, field


@dataclass
class Line:
    name: str
    price: int
    quantity: int = 1

    @property
    def total(self):
        return self.price * self.quantity


@dataclass
class Cart:
    lines: list = field(default_factory=list)

    def add(self, name, price, quantity=1):
        if quantity < 1:
            raise ValueError("quantity must be positive")
        self.lines.append(Line(name, price, quantity))

    @property
    def total(self):
        return sum(line.total for line in self.lines)
