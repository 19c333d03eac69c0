package dev.sotto.cli;

import dev.sotto.client.Steps;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Steps with a watch: the first is the prefill, the others decode. */
final class TimedSteps implements Steps {
  private final Steps steps;
  private final LongSupplier nanoTime;
  private double prefill;
  private double decode;
  private int decoded = -1;

  TimedSteps(Steps steps, LongSupplier nanoTime) {
    this.steps = steps;
    this.nanoTime = nanoTime;
  }

  @Override
  public float[] next(int... tokens) {
    Stopwatch watch = new Stopwatch(nanoTime);
    float[] logits = steps.next(tokens);
    if (decoded++ < 0) {
      prefill = watch.lap();
    } else {
      decode += watch.lap();
    }
    return logits;
  }

  /** Tokens that were decoded after the first. */
  int decoded() {
    return Math.max(0, decoded);
  }

  /** As {@code --json} prints it; {@code decode_per_token} is 0 where nothing was decoded. */
  Map<String, Double> seconds(double start) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("start", start);
    seconds.put("prefill", prefill);
    seconds.put("decode_per_token", decoded > 0 ? decode / decoded : 0);
    return seconds;
  }
}
