package dev.sotto.models.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.nn.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Shards outlive programs: this holds the bytes of version 4 still. A change that fails here needs
 * a new version number, and a reader that still says what to do about the old one.
 */
class ShardFormatTest {
  private static final ModelConfig TINY =
      new ModelConfig("llama", 1, 6, 2, 1, 4, 5, 33, 64, 1e-5, 10_000, null, true);

  @TempDir private Path folder;

  private byte[] file(ShardRole role) throws IOException {
    GeneratedModel model = new GeneratedModel(TINY, (t, r, c) -> (r + 2 * c) / 8f);
    return Files.readAllBytes(Cuts.cut(model, folder, 1, 50).file(role, 0));
  }

  @ParameterizedTest
  @CsvSource({
    "DEALER,1812,01df2ab06fe7903dcaaea7b1819abe331ab2a1ba133112ac87a06697faf1f177",
    "EVALUATOR_0,25856,e859d4d71131d4bf8cdccec68aa17a8418740b34cf0a440d02fe85d0b7bee02d",
    "EVALUATOR_1,25856,179e90bb24b7e689d894086d75610d508f790eb65fe7cc7dce6d547d89f38ad6",
  })
  void everyByteOfVersionFourStays(ShardRole role, int length, String sha256) throws IOException {
    byte[] file = file(role);
    assertThat(Sha256.hex(Sha256.of(file))).isEqualTo(sha256);
    assertThat(file.length).isEqualTo(length);
  }

  @Test
  void theHeaderReadsAsWritten() throws IOException {
    byte[] file = file(ShardRole.DEALER);
    ByteBuffer preamble = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(Arrays.copyOf(file, 8)).asString().isEqualTo("SOTTOSHD");
    assertThat(preamble.getInt(8)).isEqualTo(4);
    assertThat(preamble.getLong(16)).isEqualTo(file.length);
    String header = new String(file, 64, preamble.getInt(12), StandardCharsets.UTF_8);
    assertThat(header)
        .startsWith(
            """
            {"modelDigest":"%s","lane":"lane-a","setId":"""
                .formatted("5a".repeat(32)))
        .contains(
            """
            "role":"dealer","stage":{"index":0,"count":1,"firstLayer":0,"layers":1},\
            "weightFractionBits":16,"precision":"mixed","scoreUnitPercent":125,"weightWholeBits":15,\
            "config":{"architecture":"llama","layers":1,"hidden":6,"heads":2,"kvHeads":1,\
            "headDim":4,"ffn":5,"vocab":33,"context":64,"normEpsilon":1.0E-5,"ropeBase":10000.0,\
            "ropeScaling":null,"tiedEmbedding":true},"calibration":{"offset":""")
        .contains(
            """
            "matrices":[{"name":"embed","id":1,"inner":6,"cols":33,"form":"columns",\
            "offset":0,"length":0,"sha256":"%s"},{"name":"head/gamma","id":3,"inner":1,"cols":6,"""
                .formatted("0".repeat(64)))
        .endsWith("\"fileBytes\":" + file.length + "}");
  }

  /**
   * Version 1 had no table of 32-bit words, version 2 no other matrix in such words: a tied model's
   * logits were products with a matrix of their own. In version 3 the embedding of profile {@code
   * mixed} could hold more than look-ups give now.
   */
  @ParameterizedTest
  @CsvSource({
    "DEALER,1",
    "DEALER,2",
    "EVALUATOR_0,1",
    "EVALUATOR_0,2",
    "EVALUATOR_1,2",
    "EVALUATOR_0,3"
  })
  void earlierVersionsAreToBeProvisionedAgain(ShardRole role, int version) throws IOException {
    byte[] file = file(role);
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(8, version);
    Path old = Files.write(folder.resolve("old.shard"), file);
    assertThatThrownBy(() -> Shard.open(old, role))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("version: is " + version + ", this program reads 4")
        .hasMessageContaining("provision the model again");
  }
}
