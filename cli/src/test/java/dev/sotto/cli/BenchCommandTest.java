package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.models.MadeUpModel;
import dev.sotto.nn.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {
  /** Names that others rely on. */
  private static final List<String> STABLE =
      List.of(
          "limit.read_bandwidth",
          "limit.ring64_mac",
          "limit.aes",
          "limit.D",
          "limit.P",
          "kernel.matmul64",
          "kernel.matvec64",
          "decode.128",
          "prefill.128",
          "decode.1024",
          "decode.1024.bytes.total",
          "prefill.512",
          "batch16.token",
          "net.lan",
          "net.metro",
          "net.wan",
          "llama8b.layer.decode",
          "llama8b.layer.prefill",
          "decode.rounds",
          "decode.bytes.total",
          "decode.bytes.evaluators",
          "decode.bytes.dealer",
          "prefill.bytes.total",
          "memory.evaluator0",
          "memory.evaluator1",
          "memory.dealer",
          "fidelity.same_token",
          "fidelity.kl",
          "fidelity.max_logit_error",
          "ttft.api",
          "api.overhead",
          "load.ttft.p50",
          "load.ttft.p95",
          "load.tokens",
          "load.jobs",
          "load.refused",
          "load.share.few",
          "load.memory.platform");

  private static final String NOT_MEASURED =
      "(protocol\\.(?!attention)|fidelity|ttft|api|load|llama8b|net\\.wan|growth\\.layers\\.[123]0).*";

  @TempDir private Path folder;

  private static List<String> listed() {
    Run list = Run.of("bench", "--list");
    assertThat(list.exitCode()).isZero();
    return list.out().lines().map(line -> line.substring(0, line.indexOf(' '))).toList();
  }

  @Test
  void listsEachFigureOnce() {
    assertThat(listed()).containsAll(STABLE).doesNotHaveDuplicates();
  }

  @Test
  void whatCannotBeMeasuredIsOneSentence() {
    Run unknown = Run.of("bench", "decode.12");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).startsWith("sotto: no figure is called decode.12; see");
    assertThat(Run.of("bench", "--runs", "0", "limit").exitCode()).isEqualTo(2);
    assertThat(Run.of("bench", "--kernels", "abacus", "limit").err()).contains("'abacus'");
    Run svg = Run.of("bench", "--svg", folder.resolve("plot.svg").toString(), "limit.D");
    assertThat(svg.exitCode()).isEqualTo(2);
    assertThat(svg.err()).contains("growth");
    Run model = Run.of("bench", "--model", "none", "--home", folder.toString(), "limit.D");
    assertThat(model.exitCode()).isEqualTo(1);
    assertThat(model.err()).contains("none");
  }

  /**
   * On a model of random weights, and of the protocols one: what is measured is what is listed.
   * What takes a platform is measured in the module that has one.
   */
  @Test
  void measuresWhatItLists() throws IOException {
    Path model = folder.resolve("small");
    ModelConfig shape =
        new ModelConfig("llama", 5, 64, 4, 2, 16, 96, 300, 2048, 1e-5, 10_000, null, true);
    new MadeUpModel(shape, 7).write(model);
    Path json = folder.resolve("bench.json");
    Path svg = folder.resolve("growth.svg");
    Run run =
        Run.of(
            "bench",
            "--model",
            model.toString(),
            "--home",
            folder.resolve("home").toString(),
            "--runs",
            "1",
            "--seed",
            "5",
            "--kernels",
            "vector",
            "--json",
            json.toString(),
            "--svg",
            svg.toString(),
            "limit",
            "kernel",
            "protocol.attention",
            "block",
            "decode",
            "prefill",
            "memory",
            "batch16",
            "net.lan",
            "net.metro",
            "growth");
    assertThat(run.err()).doesNotContain("sotto:");
    assertThat(run.exitCode()).isZero();
    JsonNode facts = JsonMapper.shared().readTree(json.toFile());
    assertThat(facts.path("seed").intValue()).isEqualTo(5);
    assertThat(facts.path("kernels").stringValue()).isEqualTo("vector");
    assertThat(facts.path("machine").propertyNames())
        .contains("processor", "cores", "memory_bytes", "jdk", "os");
    List<String> names =
        facts.path("figures").valueStream().map(f -> f.path("name").stringValue()).toList();
    // Peak memory comes from /proc; a system without one leaves it out.
    assertThat(names)
        .containsExactlyInAnyOrderElementsOf(
            listed().stream().filter(name -> !name.matches(NOT_MEASURED)).toList());
    for (JsonNode figure : facts.path("figures")) {
      assertThat(figure.propertyNames())
          .containsExactly("name", "value", "unit", "spread", "limit", "ratio", "met");
      assertThat(figure.path("value").doubleValue()).as(figure.toString()).isNotNaN();
    }
    assertThat(value(facts, "decode.1024.bytes.total"))
        .isGreaterThan(value(facts, "decode.bytes.payload"));
    assertThat(value(facts, "protocol.attention.rounds")).isEqualTo(10);
    assertThat(value(facts, "decode.rounds")).isPositive();
    assertThat(value(facts, "decode.bytes.total"))
        .isBetween(
            value(facts, "decode.bytes.payload"), 1.5 * value(facts, "decode.bytes.payload"));
    double rounds = value(facts, "decode.rounds");
    assertThat(value(facts, "net.lan.one_way")).isBetween(100e-6, 0.1);
    assertThat(value(facts, "net.metro")).isGreaterThan(rounds * 1.8e-3);
    assertThat(value(facts, "growth.layers.5.bytes"))
        .isBetween(
            4.9 * value(facts, "growth.layers.1.bytes"),
            5.1 * value(facts, "growth.layers.1.bytes"));
    assertThat(value(facts, "growth.cached.line.bytes")).isGreaterThan(0.99);
    assertThat(svg).content().contains("growth with layers and with cached tokens");
    double parts =
        facts
            .path("figures")
            .valueStream()
            .filter(f -> f.path("name").stringValue().matches("decode\\.part\\.\\w+\\.rounds"))
            .mapToDouble(f -> f.path("value").doubleValue())
            .sum();
    // Parts are a job's alone, in one process; over a lane evaluator-1 says so in a round more.
    assertThat(parts + 1).isEqualTo(value(facts, "decode.rounds"));
    assertThat(value(facts, "decode.part.other")).isZero();
    assertThat(run.out()).contains("decode.128", "limit.D");
  }

  private static double value(JsonNode facts, String name) {
    return facts
        .path("figures")
        .valueStream()
        .filter(f -> f.path("name").stringValue().equals(name))
        .findFirst()
        .orElseThrow()
        .path("value")
        .doubleValue();
  }
}
