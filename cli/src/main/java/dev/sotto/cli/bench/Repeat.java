package dev.sotto.cli.bench;

/** Does something until the compiler is done with it, then times it. */
final class Repeat {
  private static final long WARM_NANOS = 400_000_000;

  private Repeat() {}

  /** How much of {@code amount} is done in a second, run by run. */
  static Runs rates(int runs, double amount, Runnable work) {
    long start = System.nanoTime();
    do {
      work.run();
    } while (System.nanoTime() - start < WARM_NANOS);
    double[] rates = new double[runs];
    for (int i = 0; i < runs; i++) {
      long from = System.nanoTime();
      work.run();
      rates[i] = amount * 1e9 / (System.nanoTime() - from);
    }
    return Runs.of(rates);
  }
}
