package dev.sotto.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.File;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelChoiceTest {
  /** What a JVM without the incubator module chooses; started by tests below. */
  static final class Bare {
    private Bare() {}

    public static void main(String[] args) {
      System.out.println(KernelChoice.of("auto").kernels().name());
      try {
        KernelChoice.of("vector");
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
      try {
        Limits.multiplyAdds(1, 1);
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
      try {
        KernelChoice.of("djl");
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  /** How a JVM of its own chooses: the provider, and how many it has measured. */
  static final class Auto {
    private Auto() {}

    public static void main(String[] args) {
      KernelChoice choice = KernelChoice.of("auto");
      System.out.println(choice.kernels().name() + " of " + choice.timings().size());
    }
  }

  @Test
  void aNameIsTaken() {
    assertThat(KernelChoice.of("scalar").kernels()).isInstanceOf(ScalarKernels.class);
    assertThat(KernelChoice.of("vector").kernels()).isInstanceOf(VectorKernels.class);
    assertThat(KernelChoice.of("djl").kernels()).isInstanceOf(DjlKernels.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KernelChoice.of("Vector"))
        .withMessage(
            "kernels: no provider is called 'Vector'; choose auto, scalar, vector, djl or cuda");
  }

  @Test
  void cudaIsTakenWhereItIs() {
    if (Devices.cuda()) {
      assertThat(KernelChoice.of("cuda").kernels().name()).isEqualTo("cuda");
    } else {
      assertThatIllegalStateException()
          .isThrownBy(() -> KernelChoice.of("cuda"))
          .withMessageMatching(
              "kernels: 'cuda' finds no CUDA device: it needs an NVIDIA GPU with its driver, and a"
                  + " build of PyTorch [0-9.]+ for CUDA in place of the one that was loaded, as"
                  + " docs/performance\\.md says");
    }
  }

  @Test
  void otherwiseTheFasterOneIs() {
    KernelChoice choice = KernelChoice.of(KernelChoice.AUTO);
    assertThat(choice.timings()).extracting("name").containsExactly("vector", "scalar");
    double best =
        choice.timings().stream().mapToDouble(KernelChoice.Timing::macsPerSecond).max().orElse(0);
    assertThat(choice.timings())
        .filteredOn(t -> t.macsPerSecond() == best)
        .extracting("name")
        .contains(choice.kernels().name());
  }

  @Test
  void aSlowProviderLoses() {
    Kernels plain = new ScalarKernels();
    KernelChoice choice = KernelChoice.fastest(Duration.ofMillis(20), List.of(slow(plain), plain));
    assertThat(choice.kernels()).isSameAs(plain);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KernelChoice.fastest(Duration.ofMillis(20), List.of()))
        .withMessage("kernels: nothing to choose from");
  }

  @Test
  void withoutTheIncubatorModulePlainLoopsAre() throws Exception {
    assertThat(
            printedBy(Bare.class, System.getProperty("java.class.path"), "-Dai.djl.offline=false"))
        .containsExactly(
            "scalar",
            "kernels: 'vector' needs a JVM started with --add-modules jdk.incubator.vector",
            "limits are measured with vectors: start the JVM with --add-modules"
                + " jdk.incubator.vector",
            "kernels: 'djl' needs the system property ai.djl.offline=true: without it DJL"
                + " downloads what it misses and reports its use");
  }

  @Test
  void withoutTheLastCompilerPlainLoopsAreAndNobodyWaits() throws Exception {
    String[] options = {"--add-modules=jdk.incubator.vector", "-XX:TieredStopAtLevel=1"};
    assertThat(printedBy(Auto.class, System.getProperty("java.class.path"), options))
        .contains("scalar of 0");
  }

  @Test
  void aMissingLibraryIsNamed(@TempDir Path cache) throws Exception {
    String without =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("pytorch-native"))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(
            printedBy(Bare.class, without, "-Dai.djl.offline=true", "-DDJL_CACHE_DIR=" + cache)
                .getLast())
        .startsWith("kernels: 'djl' could not load PyTorch from the class path: ")
        .containsIgnoringCase("offline")
        .contains("DJL_CACHE_DIR");
  }

  /** Lines that a program prints in a JVM without the incubator module, unless asked for. */
  private static List<String> printedBy(Class<?> program, String classPath, String... options)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath, program.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return printed.lines().toList();
  }

  /** The same results, fifty times the work. */
  private static Kernels slow(Kernels kernels) {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (proxy, method, arguments) -> {
              for (int i = 0; i < 49; i++) {
                method.invoke(kernels, arguments);
              }
              return method.invoke(kernels, arguments);
            });
  }
}
