package dev.sotto.models.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardTest {
  @TempDir private Path folder;
  private ShardSet set;

  @BeforeEach
  void cut() {
    GeneratedModel model =
        new GeneratedModel(
            GeneratedModel.untied(GeneratedModel.SMALL), GeneratedModel.scattered(11));
    set = Cuts.cut(model, folder, 2, 11);
  }

  @ParameterizedTest
  @EnumSource
  void theHeaderSaysWhatWasCut(ShardRole role) {
    try (Shard shard = Cuts.open(set, role, 1)) {
      ShardHeader header = shard.header();
      assertThat(header).isEqualTo(Shard.readHeader(set.file(role, 1)));
      assertThat(header.config()).isEqualTo(GeneratedModel.untied(GeneratedModel.SMALL));
      assertThat(header.modelDigest()).isEqualTo("5a".repeat(32));
      assertThat(header.lane()).isEqualTo("lane-a");
      assertThat(header.stage()).isEqualTo(new Stage(1, 2, 2, 1));
      assertThat(header.role()).isEqualTo(role);
      assertThat(shard.calibration()).isEqualTo(Cuts.CALIBRATION);
      assertThat(shard.shape("head"))
          .isEqualTo(new MatrixShape("head", 2, 40, 77, MatrixForm.COLUMNS));
      assertThatThrownBy(() -> shard.shape("embed"))
          .isInstanceOf(ShardException.class)
          .hasMessageContaining("no matrix embed in stage 1 of 2");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherRolesShardIsRefused(ShardRole role) {
    for (ShardRole other : ShardRole.values()) {
      if (other != role) {
        assertThatThrownBy(() -> Shard.open(set.file(role, 0), other))
            .isInstanceOf(ShardException.class)
            .hasMessageContaining("is the " + role + "'s, not the " + other + "'s")
            .hasMessageContaining(set.file(role, 0).toString());
      }
    }
  }

  @Test
  void aRoleHasItsOwnSeedsAndTheDealerNoWords() {
    try (Shard dealer = Cuts.open(set, ShardRole.DEALER, 0);
        Shard e0 = Cuts.open(set, ShardRole.EVALUATOR_0, 0);
        Shard e1 = Cuts.open(set, ShardRole.EVALUATOR_1, 0)) {
      assertThatThrownBy(() -> e0.copySecretSeed(1))
          .isInstanceOf(ShardException.class)
          .hasMessageContaining("w1 is not the evaluator-0's");
      assertThatThrownBy(() -> e1.copySecretSeed(0)).isInstanceOf(ShardException.class);
      assertThatThrownBy(() -> dealer.words("embed"))
          .isInstanceOf(ShardException.class)
          .hasMessageContaining("dealer");
      dealer.verify(ShardProgress.NONE);
      byte[] copy = e0.copySecretSeed(0);
      copy[0]++;
      assertThat(e0.copySecretSeed(0)).isNotEqualTo(copy);
    }
  }

  @Test
  void wordsAreMappedReadOnlyAlignedAndGoneAfterClose()
      throws ExecutionException, InterruptedException {
    Shard shard = Cuts.open(set, ShardRole.EVALUATOR_0, 0);
    MemorySegment words = shard.words("block.1/down");
    assertThat(words.isMapped()).isTrue();
    assertThat(words.isReadOnly()).isTrue();
    assertThat(words.address() % 4096).isZero();
    assertThat(words.byteSize()).isEqualTo(shard.shape("block.1/down").bytes());
    // Kernels of other threads read the same segment.
    FutureTask<Long> elsewhere = new FutureTask<>(() -> words.get(Cuts.WORD, 8));
    Thread.ofPlatform().start(elsewhere);
    assertThat(elsewhere.get()).isEqualTo(words.get(Cuts.WORD, 8));
    shard.close();
    shard.close();
    assertThatThrownBy(() -> words.get(Cuts.WORD, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void nothingPrintsASecret() {
    try (Shard shard = Cuts.open(set, ShardRole.DEALER, 0)) {
      String w0 = HexFormat.of().formatHex(shard.copySecretSeed(0));
      String w1 = HexFormat.of().formatHex(shard.copySecretSeed(1));
      String printed = shard + " " + shard.header() + " " + set;
      assertThat(printed.contains(w0) || printed.contains(w1)).isFalse();
    }
  }

  @Test
  void verifyTellsHowFarItIs() {
    try (Shard shard = Cuts.open(set, ShardRole.EVALUATOR_1, 1)) {
      long[] last = new long[2];
      shard.verify(
          (matrix, done, total) -> {
            assertThat(done).isGreaterThanOrEqualTo(last[0]);
            last[0] = done;
            last[1] = total;
          });
      assertThat(last[0]).isPositive().isEqualTo(last[1]);
    }
  }

  @Test
  void aSetWithAMissingOrForeignShardIsNamed() throws IOException {
    GeneratedModel model =
        new GeneratedModel(
            GeneratedModel.untied(GeneratedModel.SMALL), GeneratedModel.scattered(11));
    ShardSet other = Cuts.cut(model, folder.resolve("other"), 2, 12);
    Path victim = set.file(ShardRole.EVALUATOR_0, 1);
    Files.copy(other.file(ShardRole.EVALUATOR_0, 1), victim, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> ShardSet.find(folder, 2))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining(victim + ": is of another cut");
    Files.copy(set.file(ShardRole.EVALUATOR_0, 0), victim, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> ShardSet.find(folder, 2))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining(victim + ": is another role's or stage's");
    Files.delete(victim);
    assertThatThrownBy(() -> ShardSet.find(folder, 2))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining(victim + ": is not there");
  }

  @Test
  void whatIsNoFileIsSaidToBeNone() {
    assertThatThrownBy(() -> Shard.open(folder.resolve("none"), ShardRole.DEALER))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("is not there");
    assertThatThrownBy(() -> Shard.open(folder, ShardRole.DEALER))
        .isInstanceOf(ShardException.class)
        .hasMessageContaining("is not a file");
  }
}
