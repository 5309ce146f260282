"""Elementary functions in plain arithmetic: the same bits on every machine.

The logarithms and exponentials of C libraries, numpy and compilers differ in their last bits, and between
machines. These use only ``+ - * /``, square roots and the bits of numbers, all of which IEEE 754 defines
exactly. None branches where that can be helped, so that loops over them become vector code.

``log`` and the reduction in ``exp`` follow fdlibm (Sun Microsystems 1993, ``e_log.c``, ``e_exp.c``); the
normal quantile is Wichura's algorithm AS 241 (Applied Statistics 37, 1988), PPND16. Each error
bound below is held by ``tests/sim/test_luck_arithmetic.py``.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import compiled, inlined

_LN2 = 6.93147180559945309417e-01
_LN2_HIGH = 6.93147180369123816490e-01
"""ln 2 without its last 33 bits, so that small multiples are exact."""
_LN2_LOW = 1.90821492927058770002e-10
_INVERSE_LN2 = 1.44269504088896338700e00
_ROOT_HALF = np.uint64(0x3FE6A09E667F3BCD)
"""The bits of sqrt(1/2)."""
_52 = np.uint64(52)
_TO_INTEGER = 6755399441055744.0
"""1.5 x 2**52: adding it and taking it off again rounds to the nearest integer, half to even."""
MIDDLE = 0.425
"""How far from 1/2 the normal quantile is a plain ratio of polynomials."""
FAR_TAIL = 1.4e-11
"""Just above exp(-25), where another ratio takes over."""
_LARGEST_EXPONENT = 709.78
_SMALLEST_EXPONENT = -708.39
"""Below this the result of :func:`exp` is 0: subnormal numbers are not made."""


@inlined
def log(x: float) -> float:
    """Natural logarithm of a normal positive number; relative error below 2.3e-16 (1 ulp)."""
    bits = np.float64(x).view(np.uint64)
    exponent = np.int64(bits - _ROOT_HALF) >> np.int64(52)
    # x = 2**exponent (1 + f), with 1 + f between sqrt(1/2) and sqrt(2)
    f = np.uint64(bits - (np.uint64(exponent) << _52)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    even = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half = 0.5 * f * f
    times = np.float64(exponent)
    return times * _LN2_HIGH - ((half - (s * (half + (odd + even)) + times * _LN2_LOW)) - f)


@inlined
def rough_log(x: float) -> float:
    """The same to a relative error below 6e-5, at half the cost: a least-maximum polynomial of degree 4."""
    bits = np.float64(x).view(np.uint64)
    exponent = np.int64(bits - _ROOT_HALF) >> np.int64(52)
    f = np.uint64(bits - (np.uint64(exponent) << _52)).view(np.float64) - 1.0
    f2 = f * f
    high = 0.3363888455 - 0.2709460231 * f + 0.1765805613 * f2
    return np.float64(exponent) * _LN2 + f * ((0.9999661813 - 0.4994506461 * f) + high * f2)


@inlined
def log_of_rest(q: float) -> float:
    """``log(1 - q)`` for q in [0, 1 - 2**-53]; relative error below 4.5e-16, also for tiny q."""
    rest = 1.0 - q
    # what rounding took off 1 - q
    lost = (1.0 - rest) - q
    return log(rest) + lost / rest


@inlined
def exp(x: float) -> float:
    """e**x; relative error below 2.3e-16 (1 ulp). 0 below -708.39 and infinity above 709.78.

    2**k e**r by the series of e**r, whose terms are summed in halves.
    """
    if x > _LARGEST_EXPONENT:
        return np.inf
    if x < _SMALLEST_EXPONENT:
        return 0.0
    times = (x * _INVERSE_LN2 + _TO_INTEGER) - _TO_INTEGER
    high = x - times * _LN2_HIGH
    low = times * _LN2_LOW
    r = high - low
    r2 = r * r
    r4 = r2 * r2
    first = (0.5 + r * 1.6666666666666667e-1) + r2 * (4.1666666666666667e-2 + r * 8.3333333333333333e-3)
    second = (1.3888888888888889e-3 + r * 1.9841269841269841e-4) + r2 * (
        2.4801587301587302e-5 + r * 2.7557319223985891e-6
    )
    third = (2.7557319223985891e-7 + r * 2.5052108385441719e-8) + r2 * (
        2.0876756987868099e-9 + r * 1.6059043836821615e-10
    )
    y = 1.0 + (high + (r2 * ((first + r4 * second) + (r4 * r4) * third) - low))
    # Multiplying by 2**k is adding k to the exponent's bits: y is near 1, and the result is not subnormal.
    return np.uint64(np.float64(y).view(np.uint64) + (np.uint64(np.int64(times)) << _52)).view(np.float64)


@compiled
def power(x: float, exponent: float) -> float:
    """``x ** exponent`` for a normal positive x.

    Relative error below ``(2 + 2 |exponent ln x|) 2**-53``.
    """
    return exp(exponent * log(x))


@compiled
def normal_quantile(p: float) -> float:
    """The standard normal quantile for p in [2**-53, 1 - 2**-53]; relative error below 2e-15."""
    q = p - 0.5
    if abs(q) <= MIDDLE:
        return normal_middle(q)
    rest = min(p, 1.0 - p)
    if rest > FAR_TAIL:
        return normal_tail(p)
    tail = _far_tail(math.sqrt(-log(rest)) - 5.0)
    return -tail if q < 0.0 else tail


@inlined
def normal_middle(q: float) -> float:
    """:func:`normal_quantile` at 1/2 + q, for q within plus or minus :data:`MIDDLE`."""
    r = 0.180625 - q * q
    return (
        q
        * _degree_7(
            r,
            3.3871328727963666080e0,
            1.3314166789178437745e2,
            1.9715909503065514427e3,
            1.3731693765509461125e4,
            4.5921953931549871457e4,
            6.7265770927008700853e4,
            3.3430575583588128105e4,
            2.5090809287301226727e3,
        )
        / _degree_7(
            r,
            1.0,
            4.2313330701600911252e1,
            6.8718700749205790830e2,
            5.3941960214247511077e3,
            2.1213794301586595867e4,
            3.9307895800092710610e4,
            2.8729085735721942674e4,
            5.2264952788528545610e3,
        )
    )


@inlined
def normal_tail(p: float) -> float:
    """:func:`normal_quantile` farther than :data:`MIDDLE` from 1/2 and :data:`FAR_TAIL` from 0 and 1."""
    r = math.sqrt(-log(min(p, 1.0 - p))) - 1.6
    tail = _degree_7(
        r,
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ) / _degree_7(
        r,
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    )
    return -tail if p < 0.5 else tail


@compiled
def _far_tail(r: float) -> float:
    return _degree_7(
        r,
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ) / _degree_7(
        r,
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    )


@inlined
def _degree_7(
    x: float, c0: float, c1: float, c2: float, c3: float, c4: float, c5: float, c6: float, c7: float
) -> float:
    """c0 + c1 x + … + c7 x**7, by halves: shorter chains of operations than Horner's."""
    x2 = x * x
    low = (c0 + c1 * x) + (c2 + c3 * x) * x2
    high = (c4 + c5 * x) + (c6 + c7 * x) * x2
    return low + high * (x2 * x2)
