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
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Shards outlive programs: this holds the bytes of version 2 still. A change that fails here needs
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
    "DEALER,1940,996deb729443220dfe9f687a2c4741b5289a9acf8d8c2b0b61ece47a99bbfec5",
    "EVALUATOR_0,29952,191c36a931283a1083ed1d32f1c5baf06aa3b6c7fa4c151321870e3cece26f6e",
    "EVALUATOR_1,29952,0d1b6d4268d6a4410bb745a720e0dd89e955f217da1bcf63e330b2cc540282d8",
  })
  void everyByteOfVersionTwoStays(ShardRole role, int length, String sha256) throws IOException {
    byte[] file = file(role);
    assertThat(Sha256.hex(Sha256.of(file))).isEqualTo(sha256);
    assertThat(file.length).isEqualTo(length);
  }

  @Test
  void theHeaderReadsAsWritten() throws IOException {
    byte[] file = file(ShardRole.DEALER);
    ByteBuffer preamble = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(Arrays.copyOf(file, 8)).asString().isEqualTo("SOTTOSHD");
    assertThat(preamble.getInt(8)).isEqualTo(2);
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
            "weightFractionBits":16,"scoreUnitPercent":125,"weightWholeBits":15,\
            "config":{"architecture":"llama","layers":1,"hidden":6,"heads":2,"kvHeads":1,\
            "headDim":4,"ffn":5,"vocab":33,"context":64,"normEpsilon":1.0E-5,"ropeBase":10000.0,\
            "ropeScaling":null,"tiedEmbedding":true},"calibration":{"offset":""")
        .contains(
            """
            "matrices":[{"name":"embed","id":1,"inner":6,"cols":33,"form":"columns",\
            "offset":0,"length":0,"sha256":"%s"},{"name":"head","id":2,"inner":6,"cols":33,\
            "form":"panels","offset":0,"length":0,"sha256":"%s"},\
            {"name":"head/gamma","id":3,"inner":1,"cols":6,"""
                .formatted("0".repeat(64), "0".repeat(64)))
        .endsWith("\"fileBytes\":" + file.length + "}");
  }

  /** Version 1 had no table of 32-bit words: a tied model's look-ups read its output projection. */
  @ParameterizedTest
  @EnumSource
  void versionOneIsToBeProvisionedAgain(ShardRole role) throws IOException {
    byte[] file = file(role);
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 1);
    Path old = Files.write(folder.resolve("old.shard"), file);
    assertThatThrownBy(() -> Shard.open(old, role))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("version: is 1, this program reads 2; provision the model again");
  }
}
