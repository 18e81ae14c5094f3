from dataclasses import dataclass, field

from .money import Money


@dataclass
class Line:
    text: str
    unit_price: Money
    quantity: int = 1

    def net(self):
        return self.unit_price.times(self.quantity)


@dataclass
class Invoice:
    customer: str
    lines: list = field(default_factory=list)
    vat_rate: str = "0.19"

    def net(self):
        total = Money(0)
        for line in self.lines:
            total = total + line.net()
        return total

    def vat(self):
        total = Money(0)
        for line in self.lines:
            total = total + line.net().times(self.vat_rate).rounded()
        return total

    def gross(self):
        return (self.net() + self.vat()).rounded()
