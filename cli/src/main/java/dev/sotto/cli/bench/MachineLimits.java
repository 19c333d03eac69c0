package dev.sotto.cli.bench;

import dev.sotto.models.shard.MatrixShape;
import dev.sotto.models.shard.ModelMatrices;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.ring.Limits;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What this machine can do at best, and what that makes of the model: D, the time to stream an
 * evaluator's weight shares once; P, the time of five products of 128 rows with all weights. Each
 * is measured when it is first needed, and then stands for the whole bench.
 */
final class MachineLimits implements Measurement {
  private static final long MEMORY_BYTES = 512L << 20;
  private static final int LEAST_RUNS = 31; // they are short, and everything is held against them
  private static final int PROMPT = 128;
  private static final int PRODUCTS = 5;

  private final Map<Kind, Limits.Limit> measured = new EnumMap<>(Kind.class);
  private final int cores;
  private final int runs;

  private enum Kind {
    READ,
    MACS,
    MACS_OF_ONE,
    AES
  }

  MachineLimits(int cores, int runs) {
    this.cores = cores;
    this.runs = Math.max(runs, LEAST_RUNS);
  }

  private Limits.Limit limit(Kind kind) {
    return measured.computeIfAbsent(
        kind,
        k ->
            switch (k) {
              case READ -> Limits.readBandwidth(MEMORY_BYTES, runs);
              case MACS -> Limits.multiplyAdds(cores, runs);
              case MACS_OF_ONE -> Limits.multiplyAdds(1, runs);
              case AES -> Limits.aes(runs);
            });
  }

  /** Measures what has not been yet: before something else heats or fills the machine. */
  void measure() {
    for (Kind kind : Kind.values()) {
      limit(kind);
    }
  }

  /** Bytes a second that one core reads. */
  double readBandwidth() {
    return limit(Kind.READ).perSecond();
  }

  /** Multiply-adds a second of one core. */
  double multiplyAddsOfOneCore() {
    return limit(Kind.MACS_OF_ONE).perSecond();
  }

  /** D in seconds. */
  double streaming(ShardHeader evaluator) {
    return 8.0 * weights(evaluator) / readBandwidth();
  }

  /** P in seconds. */
  double products(ShardHeader evaluator) {
    return (double) PRODUCTS * PROMPT * weights(evaluator) / limit(Kind.MACS).perSecond();
  }

  /**
   * Weights that a token is multiplied with: all matrices but the table that it is looked up in,
   * unless that is the output projection, too.
   */
  private static long weights(ShardHeader header) {
    boolean shared =
        ModelMatrices.sharesEmbedding(header.config(), header.precision(), header.stage());
    return header.shapes().stream()
        .filter(shape -> shared || !shape.name().equals(ModelMatrices.EMBED))
        .mapToLong(MatrixShape::words)
        .sum();
  }

  @Override
  public List<Entry> entries() {
    return List.of(
        new Entry("limit.read_bandwidth", "bytes that one core reads from memory"),
        new Entry("limit.ring64_mac", "64-bit multiply-adds of all cores, in registers alone"),
        new Entry("limit.ring64_mac.one_core", "64-bit multiply-adds of one core"),
        new Entry("limit.aes", "bytes of AES-128 in counter mode of one core"),
        new Entry("limit.D", "an evaluator's weight shares ÷ limit.read_bandwidth"),
        new Entry("limit.P", "5 products of 128 rows with all weights ÷ limit.ring64_mac"));
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    figures.accept(figure("limit.read_bandwidth", Kind.READ, "B/s"));
    figures.accept(figure("limit.ring64_mac", Kind.MACS, "1/s"));
    figures.accept(figure("limit.ring64_mac.one_core", Kind.MACS_OF_ONE, "1/s"));
    figures.accept(figure("limit.aes", Kind.AES, "B/s"));
    ShardHeader evaluator = setting.subject().shards().headers().getLast();
    figures.accept(Figure.of("limit.D", streaming(evaluator), "s"));
    figures.accept(Figure.of("limit.P", products(evaluator), "s"));
  }

  private Figure figure(String name, Kind kind, String unit) {
    Limits.Limit limit = limit(kind);
    return new Figure(name, limit.perSecond(), unit, limit.spread(), null, null);
  }
}
