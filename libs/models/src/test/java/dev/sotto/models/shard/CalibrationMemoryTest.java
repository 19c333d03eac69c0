package dev.sotto.models.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A model is calibrated in less memory than its weights take. */
class CalibrationMemoryTest {
  private static final long HEAP_MIB = 40;

  @Test
  void aModelLargerThanTheHeapIsCalibrated() throws Exception {
    assertThat(ChildCalibration.weightBytes()).isGreaterThan(3 * (HEAP_MIB << 20));
    Process child = ChildCalibration.start("-Xmx" + HEAP_MIB + "m");
    List<String> said = ChildCalibration.output(child);
    assertThat(child.waitFor()).as("%s", said).isZero();
    assertThat(said.getFirst()).startsWith("refused: the model's weights take");
    assertThat(said).hasSize(2);
    assertThat(said.get(1)).isEqualTo(ChildCalibration.record().toString());
  }
}
