"""CycleGAN: the buffer, the errors, and who is moved by what."""

import copy
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lib.cyclegan import (
    CycleStep,
    ImageBuffer,
    Translators,
    absolute_error,
    train_cyclegan,
)
from lib.gans import NON_SATURATING, r1_penalty
from lib.networks import mlp, mlps
from lib.training import Optimizers
from tests.seeds import seeded


def four(seed=0):
    rng = seeded(seed)
    return Translators(
        mlp(2, 8, 2, generator=rng),
        mlp(2, 8, 2, generator=rng),
        mlp(2, 8, 1, generator=rng),
        mlp(2, 8, 1, generator=rng),
    )


def weights(*nets):
    return torch.cat([p.detach().flatten() for n in nets for p in parts(n)])


def parts(net):
    return [*net.parameters()]


def descent(nets, rate=0.01, make=torch.optim.SGD):
    there, back, judge_x, judge_y = nets
    return Optimizers(
        make(parts(there) + parts(back), rate),
        make(parts(judge_x) + parts(judge_y), rate),
    )


def batches(count, *shape, seed=5):
    rng, size = seeded(seed), shape or (16, 2)
    for _ in range(count):
        x, y = (torch.randn(*size, generator=rng) for _ in range(2))
        yield x, y + 2


def play(nets, count=3, **more):
    how = {"batches": batches(count), "losses": NON_SATURATING} | more
    how.setdefault("optimizers", descent(nets))
    return [*train_cyclegan(nets, **how)]


def linear(matrix):
    """The map x -> x @ matrix, as a network."""
    net = nn.Linear(2, 2, bias=False)
    net.weight.data = torch.tensor(matrix, dtype=torch.float32).T.clone()
    return net


def constant():
    """A judge that calls everything a toss-up, and has weights."""
    net = nn.Linear(2, 1)
    nn.init.zeros_(net.weight)
    nn.init.zeros_(net.bias)
    return net


# --- the error ---------------------------------------------------------------


def test_the_error_is_a_mean_over_batch_and_coordinates():
    a = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    b = torch.tensor([[1.0, 0.0], [0.0, 3.0]])
    assert absolute_error(a, b) == pytest.approx((0 + 2 + 3 + 1) / 4)
    assert absolute_error(a[None], b[None]).shape == (1,)
    assert absolute_error(a[None], b[None], event_dim=2).shape == ()


@given(st.integers(0, 10_000))
def test_the_error_is_a_metric(seed):
    a, b, c = torch.randn(3, 5, 4, 2, generator=seeded(seed))
    there, round_about = absolute_error(a, b), absolute_error(a, c)
    assert (absolute_error(a, a) == 0).all()
    assert torch.equal(there, absolute_error(b, a))
    assert (there <= round_about + absolute_error(c, b) + 1e-6).all()


@pytest.mark.parametrize(
    ("a", "b"), [((3, 2), (2, 2)), ((2,), (2,)), ((1, 3, 2), (3, 2))]
)
def test_the_error_refuses_what_is_no_pair_of_batches(a, b):
    with pytest.raises(ValueError, match="a and b must have one shape"):
        absolute_error(torch.zeros(a), torch.zeros(b))


# --- the buffer --------------------------------------------------------------


def test_the_buffer_gives_back_what_fills_it():
    pool = ImageBuffer(4)
    for start in (0, 2):
        fake = torch.arange(start, start + 2.0)[:, None]
        assert torch.equal(pool(fake), fake)
    assert sorted(pool.held.flatten().tolist()) == [0, 1, 2, 3]


@given(st.integers(1, 8), st.integers(0, 12), st.integers(0, 1000))
def test_the_buffer_loses_nothing_and_invents_nothing(batch, room, seed):
    pool = ImageBuffer(batch + room, generator=seeded(seed))
    given_back = []
    for start in range(0, 9 * batch, batch):
        fake = torch.arange(start, start + batch)[:, None]
        given_back += pool(fake).flatten().tolist()
    # each fake is in the pool, or came out; those that came out as they
    # came in while there was room are in both
    held = pool.held.flatten().tolist()
    assert len(held) == min(batch + room, 9 * batch)
    assert len(set(held)) == len(held)
    assert set(held) | set(given_back) == set(range(9 * batch))


def test_a_full_buffer_gives_back_an_old_one_half_of_the_time():
    pool = ImageBuffer(50, generator=seeded())
    pool(torch.full((50, 1), -1.0))
    old = torch.cat([pool(torch.full((1, 1), float(n))) for n in range(4000)])
    share = (old.flatten() != torch.arange(4000.0)).float().mean()
    assert abs(share - 0.5) < 4 * math.sqrt(0.25 / 4000)


def test_an_old_fake_waits_a_hundred_fakes_on_average():
    # in a pool of 50 each place is left with probability 1/2 * 1/50 a fake:
    # a geometric law with the mean 100
    pool = ImageBuffer(50, generator=seeded(1))
    ages = [n - int(pool(torch.tensor([[n]])).item()) for n in range(20_000)]
    waited = torch.tensor([age for age in ages if age], dtype=torch.float64)
    assert abs(waited.mean() - 100) < 5


def test_the_buffer_is_cut_off_and_keeps_its_own_copy():
    pool, fake = ImageBuffer(3), torch.ones(2, 2, requires_grad=True)
    assert not pool(fake).requires_grad
    with torch.no_grad():
        fake.fill_(7)
    assert (pool.held == 1).all()


def test_runs_share_the_draws_of_a_buffer_and_nothing_else():
    pool = ImageBuffer(6, axis=1, generator=seeded())
    one = ImageBuffer(6, generator=seeded())
    for n in range(8):
        fake = torch.randn(3, 4, 2, generator=seeded(n))
        both = pool(fake)
        assert both.shape == fake.shape
        assert torch.equal(both[1], one(fake[1]))


def test_what_the_buffer_refuses():
    with pytest.raises(ValueError, match="capacity must be 1 or more"):
        ImageBuffer(0)
    with pytest.raises(ValueError, match="capacity must be at least a batch"):
        ImageBuffer(2)(torch.zeros(3, 1))


# --- the loop ----------------------------------------------------------------


def test_steps_are_plain_numbers_and_made_when_pulled():
    nets = four()
    before = weights(*nets)
    steps = train_cyclegan(nets, batches(1), NON_SATURATING, descent(nets))
    assert torch.equal(weights(*nets), before)
    (step,) = steps
    assert isinstance(step, CycleStep)
    assert all(type(value) is float for value in step)
    assert not torch.equal(weights(*nets), before)


def test_each_term_has_its_closed_form_on_linear_maps():
    # G doubles, F turns by a quarter; judges toss a coin
    nets = Translators(
        linear([[2, 0], [0, 2]]),
        linear([[0, 1], [-1, 0]]),
        constant(),
        constant(),
    )
    x, y = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 3.0]])
    (step,) = play(nets, batches=iter([(x, y)]), identity_weight=1.0)
    # F(G(x)) = (0, 2) against (1, 0); G(F(y)) = (-6, 0) against (0, 3)
    assert step.cycle == pytest.approx((1 + 2) / 2 + (6 + 3) / 2)
    # G(y) = (0, 6) against (0, 3); F(x) = (0, 1) against (1, 0)
    assert step.identity == pytest.approx(3 / 2 + 2 / 2)
    assert step.adversarial == pytest.approx(2 * math.log(2))
    assert step.discriminator == pytest.approx(4 * math.log(2))


def test_a_step_is_that_of_the_authors_written_out():
    theirs, mine = four(), copy.deepcopy(four())
    pools = [ImageBuffer(16), ImageBuffer(16)]
    play(
        theirs, 1, cycle_weight=3.0, identity_weight=0.5, buffers=tuple(pools)
    )
    ((x, y),) = batches(1)
    g, f, d_x, d_y = mine
    old = {"x": f(y).detach(), "y": g(x).detach()}
    value = -(d_y(g(x)).sigmoid().log().mean())
    value = value - d_x(f(y)).sigmoid().log().mean()
    l1 = nn.L1Loss()
    value = value + 3 * (l1(f(g(x)), x) + l1(g(f(y)), y))
    value = value + 0.5 * (l1(g(y), y) + l1(f(x), x))
    down(value, g, f)
    bce = nn.BCEWithLogitsLoss()
    for judge, real, fake in ((d_x, x, old["x"]), (d_y, y, old["y"])):
        ones, zeros = torch.ones(16, 1), torch.zeros(16, 1)
        down(bce(judge(real), ones) + bce(judge(fake), zeros), judge)
    assert torch.allclose(weights(*theirs), weights(*mine), atol=1e-6)
    assert torch.allclose(pools[0].held, old["x"], atol=1e-6)
    assert torch.allclose(pools[1].held, old["y"], atol=1e-6)


def down(value, *nets):
    slopes = torch.autograd.grad(value, parts(nn.ModuleList(nets)))
    with torch.no_grad():
        for p, g in zip(parts(nn.ModuleList(nets)), slopes, strict=True):
            p -= 0.01 * g


@pytest.mark.parametrize("who", ["generator", "discriminator"])
def test_each_player_is_moved_by_its_own_optimizer_only(who):
    nets = four()
    both = descent(nets)
    still = both._replace(**{who: torch.optim.SGD(parts(mlp(1, 1)), 0.0)})
    before = weights(*nets[:2]), weights(*nets[2:])

    # an optimizer of weights that no loss reaches gets no gradient for them
    still = both._replace(**{who: Idle(getattr(both, who))})
    play(nets, 2, optimizers=still)
    after = weights(*nets[:2]), weights(*nets[2:])
    kept = 0 if who == "generator" else 1
    assert torch.equal(before[kept], after[kept])
    assert not torch.equal(before[1 - kept], after[1 - kept])


class Idle:
    """An optimizer that takes no step."""

    def __init__(self, optimizer):
        self.param_groups = optimizer.param_groups
        self.zero_grad = optimizer.zero_grad

    def step(self):
        pass


def test_gradients_reach_every_weight_of_their_player_and_no_other():
    nets = four()
    seen = {}

    class Watch(torch.optim.SGD):
        def step(self):
            seen[len(seen)] = [
                [p.grad is not None for p in parts(net)] for net in nets
            ]
            super().step()
            self.zero_grad()

    play(nets, 1, optimizers=descent(nets, make=Watch))
    for order, player in ((0, nets[:2]), (1, nets[2:])):
        for net, reached in zip(nets, seen[order], strict=True):
            assert all(reached) == any(reached) == (net in player)


def test_a_judge_is_shown_real_ones_and_fakes_that_are_cut_off():
    for (made, real, shown), pair in watched(four()):
        assert made.requires_grad
        assert torch.equal(real, pair)
        assert torch.equal(shown, made)
        assert not shown.requires_grad


def test_a_judge_is_shown_what_its_buffer_gives_back_and_so_is_the_penalty():
    old = [torch.full((16, 2), value) for value in (5.0, -5.0)]
    told = []

    def penalty(judge, real, fake):
        told.append((judge, real, fake))
        return torch.zeros(())

    nets = four()
    buffers = tuple(lambda fake, past=past: past for past in old)
    both = watched(nets, buffers=buffers, penalty=penalty)
    for ((_, real, shown), _), past in zip(both, old, strict=True):
        assert torch.equal(shown, past)
        assert not torch.equal(real, past)
    (pair,) = batches(1)
    for judge, seen, real, past in zip(nets[2:], told, pair, old, strict=True):
        assert seen[0] is judge
        assert torch.equal(seen[1], real)
        assert torch.equal(seen[2], past)


def watched(nets, **more):
    """One step: what each judge saw, in order, and the batch of its kind."""
    seen = [], []
    for judge, samples in zip(nets[2:], seen, strict=True):
        judge.register_forward_pre_hook(
            lambda _, given, samples=samples: samples.extend(given)
        )
    play(nets, 1, **more)
    (pair,) = batches(1)
    return list(zip(seen, pair, strict=True))


def test_without_weight_the_cycle_is_told_but_not_learnt():
    def start():
        return Translators(
            linear([[1, 0], [0, 1]]),
            linear([[2, 0], [0, 2]]),
            constant(),
            constant(),
        )

    # judges that toss a coin give no slope: only the cycle could move G, F
    free, held = start(), start()
    (step,) = play(free, 1, cycle_weight=0.0)
    assert step.cycle > 0
    assert math.isnan(step.identity)
    assert torch.equal(weights(*free[:2]), weights(*start()[:2]))
    play(held, 1, cycle_weight=1.0)
    assert not torch.equal(weights(*held[:2]), weights(*start()[:2]))


def test_a_wrong_pairing_costs_the_cycle_nothing():
    # Y = X has the law of a square; a quarter turn and its inverse
    nets = Translators(
        linear([[0, 1], [-1, 0]]),
        linear([[0, -1], [1, 0]]),
        constant(),
        constant(),
    )
    (step,) = play(nets, 1)
    assert step.cycle == 0


def test_weights_may_differ_from_run_to_run():
    def two():
        rng = seeded()
        return Translators(
            *(mlps(2, 2, 8, out, generator=rng) for out in (2, 2, 1, 1))
        )

    mixed, same = two(), two()
    weighted = torch.tensor([0.0, 4.0])
    play(mixed, batches=batches(3, 2, 16, 2), cycle_weight=weighted)
    play(same, batches=batches(3, 2, 16, 2), cycle_weight=4.0)
    for p, q in zip(parts(mixed.there), parts(same.there), strict=True):
        assert not torch.allclose(p[0], q[0], atol=1e-5)
        assert torch.allclose(p[1], q[1], atol=1e-6)


def test_a_run_among_others_steps_as_it_would_alone():
    both, alone = (
        Translators(
            *(
                mlps(runs, 2, 8, out, generator=seeded())
                for out in (2, 2, 1, 1)
            )
        )
        for runs in (2, 1)
    )
    with torch.no_grad():
        for p, q in zip(weights_of(both), weights_of(alone), strict=True):
            p[:] = q
    ((x, y),) = batches(1, 1, 16, 2)
    pair = x.expand(2, -1, -1), y.expand(2, -1, -1)
    play(both, batches=iter([pair]))
    play(alone, batches=iter([(x, y)]))
    for p, q in zip(weights_of(both), weights_of(alone), strict=True):
        assert torch.allclose(p, q.expand_as(p), atol=1e-6)


def weights_of(nets):
    return [p for net in nets for p in parts(net)]


def test_the_defaults_are_those_of_the_paper():
    bare, told = four(), four()
    play(bare, 1)
    play(told, 1, cycle_weight=10.0, identity_weight=0.0)
    assert torch.equal(weights(*bare), weights(*told))
    assert ImageBuffer().capacity == 50


def test_the_steps_grow_with_the_penalty_of_the_judges():
    def penalty(judge, real, fake):
        return r1_penalty(lambda x: judge(x).squeeze(-1), real) + 5.0

    (bare,), (step,) = play(four(), 1), play(four(), 1, penalty=penalty)
    assert step.discriminator > bare.discriminator + 10


def test_patches_are_judged_one_by_one():
    def conv():
        return nn.Conv2d(1, 1, 3, padding=1)

    nets = Translators(*(conv() for _ in range(4)))
    data = [(torch.rand(2, 1, 6, 6), torch.rand(2, 1, 6, 6))]
    (step,) = play(nets, batches=iter(data), event_dim=3)
    assert all(math.isfinite(v) for v in step[:3])


def test_the_cycle_closes_in_training():
    nets = four()
    steps = play(
        nets,
        400,
        batches=batches(400),
        optimizers=descent(nets, 5e-3, torch.optim.Adam),
    )
    assert steps[-1].cycle < 0.3 * steps[0].cycle
    with torch.no_grad():
        made = nets.there(torch.randn(500, 2, generator=seeded(9)))
    assert (made.mean(0) - 2).norm() < 1


def test_same_seeds_same_history():
    def buffers():
        return tuple(ImageBuffer(20, generator=seeded(k)) for k in (0, 1))

    # an identity that was not asked for is nan, which equals nothing
    one, two = (play(four(4), buffers=buffers()) for _ in range(2))
    assert [s[:3] for s in one] == [s[:3] for s in two]


@pytest.mark.parametrize("name", ["cycle_weight", "identity_weight"])
@pytest.mark.parametrize(
    "weight", [-1.0, math.nan, math.inf, torch.tensor([1.0, -1])]
)
def test_weights_below_zero_are_refused(name, weight):
    with pytest.raises(ValueError, match=f"{name} must be finite"):
        play(four(), **{name: weight})


def test_a_loss_that_is_not_finite_stops_with_the_players_names():
    nets = four()
    nn.init.constant_(nets.there[-1].bias, math.nan)
    with pytest.raises(FloatingPointError, match="the generators is"):
        play(nets, 1)
