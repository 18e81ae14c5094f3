from dataclasses import dataclass


@dataclass(frozen=True)
class Parcel:
    weight_g: int
    length_cm: float = 0
    width_cm: float = 0
    height_cm: float = 0

    def billable_g(self) -> int:
        """The larger of the real and the volumetric weight (divisor 5000)."""
        volumetric = self.length_cm * self.width_cm * self.height_cm / 5000 * 1000
        return max(self.weight_g, int(volumetric))
