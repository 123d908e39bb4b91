"""`make stored-cyclegan`, first part: which bell goes to which?

X is five bells of unequal weights in the plane, Y the same five turned about
the origin. The turn is the truth that no player is shown. Runs of all plans
and seeds are trained side by side.
"""

import math
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from lib.cyclegan import Translators, train_cyclegan
from lib.gans import NON_SATURATING, r1_penalty
from lib.networks import mlps
from lib.stored import save_run
from lib.training import Optimizers

WEIGHTS = torch.tensor([0.32, 0.26, 0.19, 0.14, 0.09])
BELLS, RADIUS, STD = len(WEIGHTS), 2.0, 0.15
TURNS = (30, 108)  # degrees
SEEDS = range(100, 110)
STEPS, BATCH, HIDDEN, RATE, R1 = 600, 64, 32, 2e-3, 0.1


class CyclePlan(NamedTuple):
    """What is added to the two games, and where G and F begin."""

    cycle: float = 0.0
    identity: float = 0.0
    skip: bool = False  # from x itself, not from next to nothing


CYCLE_PLANS = {
    f"cycle {cycle:g}, identity {identity:g}, from {start}": CyclePlan(
        cycle, identity, start == "x"
    )
    for cycle, identity in ((0, 0), (1, 0), (10, 0), (1, 1))
    for start in ("nothing", "x")
}


class Skipped(nn.Module):
    """A net's output, and x itself where a run's mask is 1."""

    def __init__(self, net: nn.Module, mask: Tensor):
        super().__init__()
        self.net, self.mask = net, mask

    def forward(self, x: Tensor) -> Tensor:
        """Points (runs, batch, 2) to points."""
        return self.net(x) + self.mask * x


class PairedUp(NamedTuple):
    """What became of the runs, shape (runs,) each."""

    home: Tensor  # (runs, bells): the bell of Y that most of a bell reach
    cycle: Tensor  # mean distance of F(G(x)) from x
    miss: Tensor  # mean distance of G(x) from the nearest centre of Y

    @property
    def right(self) -> Tensor:
        """Each bell goes to its own."""
        return (self.home == torch.arange(BELLS)).all(-1)

    @property
    def one_to_one(self) -> Tensor:
        """No two bells go to one."""
        return (self.home.sort().values == torch.arange(BELLS)).all(-1)


def centres(degrees: float = 0.0) -> Tensor:
    """Of the bells, turned: shape (5, 2)."""
    angles = 2 * math.pi * torch.arange(BELLS) / BELLS + math.radians(degrees)
    return RADIUS * torch.stack([angles.cos(), angles.sin()], -1)


def points_of(
    degrees: float, *shape: int, generator: Generator | None = None
) -> Tensor:
    """Draws of X (no turn) or of Y, shape (*shape, 2)."""
    count = math.prod(shape)
    bell = torch.multinomial(WEIGHTS, count, True, generator=generator)
    noise = torch.randn(count, 2, generator=generator)
    return (centres(degrees)[bell] + STD * noise).view(*shape, 2)


def play_clouds(
    plans: Sequence[CyclePlan],
    degrees: float,
    *,
    steps: int = STEPS,
    generator: Generator,
) -> Iterator[Translators]:
    """A run of each plan, side by side: their networks, step after step."""
    runs = len(plans)
    weights = torch.tensor(plans, dtype=torch.float32)
    mask = weights[:, 2, None, None]
    g, f, d_x, d_y = (
        mlps(runs, 2, HIDDEN, HIDDEN, out, generator=generator)
        for out in (2, 2, 1, 1)
    )
    nets = Translators(Skipped(g, mask), Skipped(f, mask), d_x, d_y)
    both = cycle_optimizers(nets, RATE)
    loop = train_cyclegan(
        nets,
        unpaired_clouds(degrees, runs, steps, generator),
        NON_SATURATING,
        both,
        cycle_weight=weights[:, 0],
        identity_weight=weights[:, 1],
        penalty=r1_of_points,
    )
    for step, _ in enumerate(loop, start=1):
        slow_down(both, RATE, step / steps)
        yield nets


def unpaired_clouds(
    degrees: float, runs: int, count: int, generator: Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of X and of Y, drawn without a look at each other."""
    for _ in range(count):
        yield tuple(
            points_of(turn, runs, BATCH, generator=generator)
            for turn in (0, degrees)
        )


def r1_of_points(net: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """The penalty of both judges, with its weight."""
    return R1 * r1_penalty(lambda x: net(x).squeeze(-1), real)


def cycle_optimizers(nets: Translators, rate: float) -> Optimizers:
    """Adam for G and F together, and for both judges together."""
    pairs = nets[:2], nets[2:]
    return Optimizers(
        *(
            torch.optim.Adam(
                nn.ModuleList(pair).parameters(),
                rate,
                betas=(0.5, 0.99),
                fused=True,
            )
            for pair in pairs
        )
    )


def slow_down(optimizers: Optimizers, rate: float, done: float) -> None:
    """The rate stays for the first half, then falls to 0 in a line."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, 2 - 2 * done)


@torch.no_grad()
def paired_up(nets: Translators, degrees: float) -> PairedUp:
    """Where a hundred points of each bell go, all bells alike."""
    noise = torch.randn(BELLS, 100, 2, generator=Generator().manual_seed(7))
    runs = len(nets.there.mask)
    x = (centres()[:, None] + STD * noise).view(-1, 2).expand(runs, -1, -1)
    made = nets.there(x)
    apart = torch.cdist(made, centres(degrees).expand(runs, -1, -1))
    votes = functional.one_hot(apart.argmin(-1), BELLS)
    return PairedUp(
        votes.view(runs, BELLS, 100, BELLS).sum(2).argmax(-1),
        (nets.back(made) - x).norm(dim=-1).mean(-1),
        apart.amin(-1).mean(-1),
    )


def main() -> None:
    """All turns, plans and seeds."""
    torch.set_num_threads(1)
    results, start, seeds = {}, time.process_time(), list(SEEDS)
    plans = [plan for plan in CYCLE_PLANS.values() for _ in seeds]
    for degrees in TURNS:
        generator = Generator().manual_seed(seeds[0])
        *_, nets = play_clouds(plans, degrees, generator=generator)
        found = paired_up(nets, degrees)
        for what in ("right", "one_to_one", "cycle", "miss"):
            rows = getattr(found, what).double().view(-1, len(seeds))
            for name, row in zip(CYCLE_PLANS, rows, strict=True):
                results[f"{degrees}, {name}: {what}"] = row.tolist()
    each = (time.process_time() - start) / len(seeds)
    path = save_run(
        "cycle_clouds",
        command="make stored-cyclegan",
        packages=["torch"],
        settings={"steps": STEPS, "batch": BATCH, "hidden": HIDDEN}
        | {"rate": RATE, "r1": R1, "turns": TURNS, "std": STD}
        | {"weights": WEIGHTS.tolist(), "radius": RADIUS},
        seeds=seeds,
        results=results,
        seconds=[each] * len(seeds),
    )
    print(path.name)


if __name__ == "__main__":
    main()
