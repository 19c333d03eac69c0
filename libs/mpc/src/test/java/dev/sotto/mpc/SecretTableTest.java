package dev.sotto.mpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.testing.KnownTable;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.VectorKernels;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretTableTest {
  /** Rows picked by three pairs of shares of one-hot vectors; the second group is not full. */
  @Test
  void rowsAreTheSumOfThreeParts() {
    int entries = 70;
    int width = 19;
    KnownTable t = KnownTable.random("t", entries, width, 3);
    int[] entryOf = {0, 69, 33, 64};
    int rows = entryOf.length;
    Random random = new Random(7);
    int[][] hot = new int[3][rows * entries]; // by pair: the share of its first role
    int[][] rest = new int[3][rows * entries];
    for (int pair = 0; pair < 3; pair++) {
      for (int r = 0; r < rows; r++) {
        for (int e = 0; e < entries; e++) {
          int at = r * entries + e;
          hot[pair][at] = random.nextInt();
          rest[pair][at] = (e == entryOf[r] ? 1 : 0) - hot[pair][at];
        }
      }
    }
    Kernels k = new VectorKernels();
    Map<Role, int[]> parts = new EnumMap<>(Role.class);
    parts.put(Role.EVALUATOR_0, t.of(Role.EVALUATOR_0).pick(k, hot[0], hot[1], rows));
    parts.put(Role.EVALUATOR_1, t.of(Role.EVALUATOR_1).pick(k, rest[0], hot[2], rows));
    parts.put(Role.DEALER, t.of(Role.DEALER).pick(k, rest[1], rest[2], rows));
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        int at = r * width + i;
        int sum = parts.values().stream().mapToInt(p -> p[at]).sum();
        assertThat(sum).isEqualTo(t.at(entryOf[r], i));
      }
    }
  }

  @Test
  void partsOfAnotherRoleAreRefused() {
    assertThatThrownBy(() -> new SecretTable("t", 1, 1, 1, Role.DEALER, null, new byte[16], null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not belong");
  }
}
