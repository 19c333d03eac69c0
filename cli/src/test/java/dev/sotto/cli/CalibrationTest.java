package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.models.MadeUpModel;
import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.Ranges;
import dev.sotto.nn.Ranges.Range;
import dev.sotto.nn.Weights;
import dev.sotto.node.Node;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CalibrationTest {
  private static final ModelConfig SHAPE = MadeUpModel.small(1).config();

  private static final Map<String, Double> LIMITS =
      RingPlan.of(
              SHAPE.hidden(),
              SHAPE.normEpsilon(),
              SHAPE.heads(),
              SHAPE.kvHeads(),
              SHAPE.headDim(),
              SHAPE.context())
          .limits(false);

  /** Weights that are all the same. */
  private static Weights all(float weight) {
    return weights(weight, weight);
  }

  static Set<String> wires() {
    return LIMITS.keySet();
  }

  /** Every wire at its limit less the margin, one of them scaled. */
  private static Calibration atTheEdge(String wire, double scale) {
    SequencedMap<String, Range> places = new LinkedHashMap<>();
    LIMITS.forEach(
        (name, limit) -> {
          double most = limit / RingPlan.margin(name) * (name.equals(wire) ? scale : 1);
          places.put(
              name.startsWith("head/") || name.equals("embed") ? name : "block.0/" + name,
              new Range(0, most));
        });
    return new Calibration(1, new Ranges(places));
  }

  @Test
  void theMarginsAreThoseThatAreClaimed() {
    assertThat(RingPlan.margin("gate")).isEqualTo(3);
    assertThat(RingPlan.margin("norm1/mean_square")).isEqualTo(16);
  }

  @ParameterizedTest
  @MethodSource("wires")
  void aWireIsAcceptedUpToItsLimitLessTheMarginAndRefusedByNameBeyond(String wire) {
    assertThatCode(() -> atTheEdge(wire, 0.9999).check(SHAPE)).doesNotThrowAnyException();
    assertThatThrownBy(() -> atTheEdge(wire, 1.001).check(SHAPE))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("wire " + wire + " reached")
        .hasMessageContaining("cannot be provisioned");
  }

  /** By what was seen, or by what the weights allow at all. */
  @Test
  void narrowProductsAreForModelsThatFitThem() {
    Calibration wide = atTheEdge("gate", 1);
    assertThat(wide.use(SHAPE, PrecisionProfile.MIXED, Map.of()))
        .hasEntrySatisfying("gate", part -> assertThat(part).isEqualTo(1))
        .hasEntrySatisfying("up", part -> assertThat(part).isEqualTo(4));
    assertThat(wide.use(SHAPE, PrecisionProfile.MIXED, Map.of("up", 32.0)))
        .hasEntrySatisfying("up", part -> assertThat(part).isEqualTo(0.5));
    assertThat(wide.precision(SHAPE, all(0.1f))).isEqualTo(PrecisionProfile.MIXED);
    assertThat(wide.precision(SHAPE, all(100))).isEqualTo(PrecisionProfile.WIDE);
    assertThatThrownBy(() -> atTheEdge("down", 1.001).precision(SHAPE, all(0.1f)))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("wire down reached");
  }

  /** What no text has looked up counts, too: the cutter would refuse it. */
  @Test
  void theWholeEmbeddingMustFitNarrowLookUps() {
    Calibration seen = atTheEdge("gate", 1);
    assertThat(seen.precision(SHAPE, weights(7.9f, 0.1f))).isEqualTo(PrecisionProfile.MIXED);
    assertThat(seen.precision(SHAPE, weights(8.1f, 0.1f))).isEqualTo(PrecisionProfile.WIDE);
    for (PrecisionProfile profile : PrecisionProfile.values()) {
      double cutters = Math.scalb(1.0, profile.embeddingWholeBits());
      boolean narrow = profile == PrecisionProfile.MIXED;
      assertThat(Node.plan(SHAPE).limits(narrow)).containsEntry("embed", cutters);
    }
  }

  private static Weights weights(float embedding, float others) {
    return new Weights() {
      @Override
      public int rows(String name) {
        throw new AssertionError("not asked for");
      }

      @Override
      public int columns(String name) {
        throw new AssertionError("not asked for");
      }

      @Override
      public void read(String name, int row, int count, float[] out) {
        Arrays.fill(out, name.contains("embed") ? embedding : others);
      }
    };
  }

  @Test
  void encodedItHoldsMaximaByPlace() {
    String json = new String(atTheEdge("gate", 1).encoded(), StandardCharsets.UTF_8);
    assertThat(json).startsWith("{\"format\":1,\"tokens\":1,\"places\":{\"embed\":[0.0,");
    assertThat(json).contains("\"block.0/gate\":[0.0,84.0]");
  }
}
