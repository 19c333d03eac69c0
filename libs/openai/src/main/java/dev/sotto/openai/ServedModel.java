package dev.sotto.openai;

import dev.sotto.client.Generation;
import dev.sotto.client.platform.ModelPin;
import dev.sotto.contracts.Protection;
import dev.sotto.models.text.PublicPart;
import dev.sotto.mpc.function.RingPlan;
import java.time.Instant;
import java.util.List;

/** A model that callers may name: its public part, opened once for all of them. Thread-safe. */
public final class ServedModel implements AutoCloseable {
  private final String name;
  private final PublicPart part;
  private final ModelPin pin;
  private final Generation generation;
  private final List<Protection> protections;
  private final Instant created;

  /**
   * Opens a model's tokenizer; errors are a {@link dev.sotto.models.ModelException}.
   *
   * @param name as callers know it
   * @param protections what jobs for it may be given, at least one; the first unless a caller asks
   * @param created since when it is served
   */
  public ServedModel(String name, PublicPart part, List<Protection> protections, Instant created) {
    if (protections.isEmpty()) {
      throw new IllegalArgumentException("a model is served under at least one protection");
    }
    this.name = name;
    this.part = part;
    this.pin = ModelPin.of(part);
    this.generation = new Generation(part);
    this.protections = List.copyOf(protections);
    this.created = created;
  }

  /** As callers know it. */
  public String name() {
    return name;
  }

  /** What anyone may know of it. */
  public PublicPart part() {
    return part;
  }

  /** The digests that a lane must have been signed for. */
  public ModelPin pin() {
    return pin;
  }

  /** Text to tokens and back. */
  public Generation generation() {
    return generation;
  }

  /** What jobs for it may be given; the first unless a caller asks. */
  public List<Protection> protections() {
    return protections;
  }

  /** Since when it is served. */
  public Instant created() {
    return created;
  }

  /** Most tokens of a prompt and its answer together: what model and nodes both hold. */
  public int context() {
    return Math.min(part.config().context(), RingPlan.SERVED_CONTEXT);
  }

  /** Frees the tokenizer. */
  @Override
  public void close() {
    generation.close();
  }

  @Override
  public String toString() {
    return "ServedModel[" + name + "]";
  }
}
