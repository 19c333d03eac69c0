package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.models.MadeUpModel;
import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.shard.ShardSet;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The publisher's commands and the oracle, on a model of random weights. */
class ProvisionAndClearTest {
  @TempDir private Path folder;
  private String model = "";
  private String home = "";

  @BeforeEach
  void makeUp() throws IOException {
    Path at = folder.resolve("small");
    MadeUpModel.small(7).write(at);
    model = at.toString();
    home = folder.resolve("home").toString();
  }

  private Run provision(String... more) {
    String[] args = {"provision", model, "--home", home};
    String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Run.of(all);
  }

  /** The folder of the one model that is provisioned. */
  private Path shards() throws IOException {
    List<ShardFolders.Provisioned> all = new ShardFolders(Path.of(home, "shards")).list();
    assertThat(all).hasSize(1);
    return all.getFirst().folder();
  }

  @Test
  void aModelIsCutListedAndVerified() throws IOException {
    Run cut = provision("--stages", "2");
    assertThat(cut.err()).contains("calibrating", "cutting").doesNotContain("sotto:");
    assertThat(cut.exitCode()).isZero();
    assertThat(cut.out()).startsWith(model + ": 6 shards, ");
    assertThat(shards().resolve(Provisioning.PUBLIC_PART)).isRegularFile();
    try (Shard shard =
        Shard.open(shards().resolve("dealer.stage-1-of-2.shard"), ShardRole.DEALER)) {
      assertThat(new String(shard.calibration(), java.nio.charset.StandardCharsets.UTF_8))
          .contains("\"block.1/gate\"");
    }

    assertThat(provision().exitCode()).isZero();
    Run list = Run.of("models", "--home", home, "--json");
    JsonNode lines = JsonMapper.shared().readTree(list.out());
    assertThat(lines.path(1).path("model").stringValue()).startsWith("small-").hasSize(18);
    assertThat(lines.path(1).path("stages").toString()).isEqualTo("[1,2]");
    assertThat(Run.of("models", "--home", home).out()).contains("1 stage, 2 stages");

    Run verify = Run.of("verify-shards", "--home", home);
    assertThat(verify.exitCode()).isZero();
    assertThat(verify.out())
        .containsPattern("small-\\w{12}, 1 stage: 3 shards")
        .contains(", 2 stages: 6 shards");
  }

  @Test
  void damageIsFoundAndNamed() throws IOException {
    assertThat(provision().exitCode()).isZero();
    Path file = shards().resolve("evaluator-1.stage-0-of-1.shard");
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(file.toFile().length() - 9);
      int old = bytes.read();
      bytes.seek(file.toFile().length() - 9);
      bytes.write(old ^ 1);
    }
    Run verify = Run.of("verify-shards", "small", "--home", home);
    assertThat(verify.exitCode()).isEqualTo(1);
    assertThat(verify.out()).isEmpty();
    assertThat(verify.err()).contains("sotto: shard " + file, "damaged");

    Files.delete(file);
    assertThat(Run.of("verify-shards", "--home", home).exitCode()).isEqualTo(1);
    assertThat(Run.of("models", "--home", home).out()).containsPattern("small-\\w{12} +- +no +no");
  }

  @Test
  void whatIsPresentIsKeptAndWhatIsOfAnotherModelIsCutAgain() throws IOException {
    Provisioning provisioning = new Provisioning(model, new Home(Path.of(home)), 1);
    try (ProgressLine quiet =
        new ProgressLine(
            new java.io.PrintWriter(java.io.Writer.nullWriter()), false, 80, () -> 0)) {
      String first = provisioning.ensure(quiet).headers().getFirst().setId();
      assertThat(provisioning.ensure(quiet).headers().getFirst().setId()).isEqualTo(first);
      MadeUpModel.small(8).write(Path.of(model));
      ShardSet other = provisioning.ensure(quiet);
      String second = other.headers().getFirst().setId();
      assertThat(second).isNotEqualTo(first);
      Files.writeString(other.folder().resolve("dealer.stage-0-of-1.shard"), "not a shard");
      assertThat(provisioning.ensure(quiet).headers().getFirst().setId()).isNotEqualTo(second);
    }
  }

  @Test
  void twoModelsOfOneNameDoNotTakeEachOthersPlace() throws IOException {
    Path namesake = folder.resolve("elsewhere").resolve("small");
    MadeUpModel.small(9).write(namesake);
    Home at = new Home(Path.of(home));
    try (ProgressLine quiet =
        new ProgressLine(
            new java.io.PrintWriter(java.io.Writer.nullWriter()), false, 80, () -> 0)) {
      Provisioning one = new Provisioning(model, at, 1);
      Provisioning two = new Provisioning(namesake.toString(), at, 1);
      ShardSet first = one.ensure(quiet);
      ShardSet second = two.ensure(quiet);
      assertThat(second.folder()).isNotEqualTo(first.folder());
      assertThat(one.ensure(quiet).headers()).isEqualTo(first.headers());
      assertThat(two.ensure(quiet).headers()).isEqualTo(second.headers());
      assertThat(Provisioning.publicPart(first).modelDigest())
          .isEqualTo(first.headers().getFirst().modelDigest())
          .isNotEqualTo(Provisioning.publicPart(second).modelDigest());
    }
    assertThat(Run.of("verify-shards", "small", "--home", home).out()).hasLineCount(2);
    assertThat(Run.of("models", "--home", home).out().lines().filter(l -> l.startsWith("small-")))
        .hasSize(2);
  }

  @Test
  void aFolderOfAnEarlierVersionIsStillFound() throws IOException {
    assertThat(provision().exitCode()).isZero();
    Path earlier = Path.of(home, "shards", "small");
    Files.move(shards(), earlier);
    try (ProgressLine quiet =
        new ProgressLine(
            new java.io.PrintWriter(java.io.Writer.nullWriter()), false, 80, () -> 0)) {
      Provisioning provisioning = new Provisioning(model, new Home(Path.of(home)), 1);
      assertThat(provisioning.ensure(quiet).folder()).isEqualTo(earlier);
      MadeUpModel.small(8).write(Path.of(model));
      assertThat(provisioning.ensure(quiet).folder()).isNotEqualTo(earlier);
    }
  }

  @Test
  void aThoroughCalibrationSeesEveryToken() throws IOException {
    assertThat(calibrated("--thorough")).isEqualTo(calibrated() + 300);
  }

  /** How many tokens a provisioning ran. */
  private int calibrated(String... options) throws IOException {
    assertThat(provision(options).exitCode()).isZero();
    try (Shard shard =
        Shard.open(shards().resolve("dealer.stage-0-of-1.shard"), ShardRole.DEALER)) {
      return JsonMapper.shared().readTree(shard.calibration()).path("tokens").intValue();
    }
  }

  @Test
  void clearAnswersRepeatablyAndSaysThatItDoesNotProtect() {
    String[] ask = {"clear", "--model", model, "--home", home, "--max-tokens", "5", "--json", "hi"};
    Run run = Run.of(ask);
    assertThat(run.err()).contains("sotto: computed in the clear, without protection");
    JsonNode facts = JsonMapper.shared().readTree(run.out());
    assertThat(facts.path("protection").stringValue()).isEqualTo("none");
    assertThat(facts.path("completion_ids").size()).isBetween(1, 5);
    assertThat(facts.path("prompt_ids").size()).isGreaterThan(2);
    assertThat(facts.path("seconds").path("prefill").doubleValue()).isPositive();
    assertThat(facts.path("finish_reason").stringValue()).isIn("stop", "length");
    JsonNode again = JsonMapper.shared().readTree(Run.of(ask).out());
    assertThat(again.path("completion_ids")).isEqualTo(facts.path("completion_ids"));

    Run text = Run.of("clear", "--model", model, "--home", home, "--max-tokens", "5", "hi");
    assertThat(text.out()).isEqualTo(facts.path("text").stringValue() + System.lineSeparator());
  }

  @Test
  void whatCannotBeDoneIsOneSentence() {
    Run unknown = Run.of("provision", "no-such-model", "--home", home);
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err()).startsWith("sotto: ").contains("no-such-model").hasLineCount(1);
    assertThat(provision("--stages", "0").exitCode()).isEqualTo(2);
    assertThat(provision("--stages", "3").exitCode()).isEqualTo(1);
    Run tooLong = Run.of("clear", "--model", model, "--home", home, "word ".repeat(600));
    assertThat(tooLong.exitCode()).isEqualTo(2);
    assertThat(tooLong.err()).contains("sotto: the prompt has ", "the model's context holds 512");
    assertThat(Run.of("verify-shards", "nothing", "--home", home).err())
        .isEqualTo("sotto: no shards of nothing are here; see 'sotto models'\n");
  }
}
