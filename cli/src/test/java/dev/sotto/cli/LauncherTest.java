package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a tree of its own, with a java and a Maven that write down how they were called.
 */
class LauncherTest {
  @TempDir private Path folder;
  private Path tree = Path.of("");

  record Outcome(int exitCode, String out, String err) {}

  @BeforeEach
  void plant() throws IOException {
    tree = Files.createDirectories(folder.resolve("a tree"));
    Files.copy(SourceTreeTest.ROOT.resolve("sotto"), tree.resolve("sotto"));
    for (String source :
        List.of("libs/ring/src/main", "cli/src/main", "gateway-service/src/main", ".mvn")) {
      Files.createDirectories(tree.resolve(source));
    }
    for (String pom : List.of("pom.xml", "cli/pom.xml", "libs/ring/pom.xml")) {
      Files.writeString(tree.resolve(pom), "<project/>");
    }
    jdk("25.0.1");
    script(
        folder.resolve("bin/mvn"),
        """
        echo "mvn $*" >> "$CALLS"
        [ ! -e "$TREE/broken" ] || { echo '[ERROR] it does not compile'; exit 1; }
        mkdir -p cli/target/lib && echo jar > cli/target/sotto.jar && echo lib > cli/target/lib/x.jar
        mkdir -p embedded/target/lib && echo jar > embedded/target/sotto-embedded.jar
        echo lib > embedded/target/lib/x.jar && echo lib > embedded/target/lib/y.jar
        """);
  }

  private void jdk(String version) throws IOException {
    Path jdk = folder.resolve("jdk");
    script(
        jdk.resolve("bin/java"),
        """
        echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
        echo 'WARNING: Using incubator modules are kept from here on' >&2
        printf 'no end of line' >&2
        for a in "$@"; do echo "[$a]"; done
        exit 7
        """);
    script(jdk.resolve("bin/javac"), "exit 0\n");
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
  }

  private static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, "#!/usr/bin/env bash\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private Process start(String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", tree.resolve("sotto").toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().put("CALLS", folder.resolve("calls").toString());
    builder.environment().put("TREE", tree.toString());
    builder.environment().merge("PATH", "", (path, no) -> folder.resolve("bin") + ":" + path);
    return builder.start();
  }

  private static Outcome end(Process process) throws IOException, InterruptedException {
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), out, err);
  }

  private Outcome run(String... args) throws IOException, InterruptedException {
    return end(start(args));
  }

  private List<String> calls() throws IOException {
    Path calls = folder.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }

  @Test
  void argumentsExitCodeAndErrorsPassButTheIncubatorLine() throws Exception {
    run();
    Outcome outcome = run("generate", "two words", "");
    assertThat(outcome.exitCode()).isEqualTo(7);
    assertThat(outcome.out())
        .contains("[--add-modules=jdk.incubator.vector]", "[dev.sotto.cli.Main]")
        .endsWith("[generate]\n[two words]\n[]\n");
    assertThat(outcome.err())
        .isEqualTo("WARNING: Using incubator modules are kept from here on\nno end of line");
  }

  @Test
  void builtOnceAndAgainWhenASourceIsNewer() throws Exception {
    assertThat(run().err()).startsWith("sotto: building").contains("done in");
    assertThat(run().err()).doesNotContain("building");
    assertThat(calls()).hasSize(1);
    Path source = Files.writeString(tree.resolve("libs/ring/src/main/A.java"), "class A {}");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(run().err()).startsWith("sotto: building");
    assertThat(calls()).hasSize(2).allMatch(call -> call.endsWith(" package"));
  }

  @Test
  void servicesAreBuiltTooAndHaveAClassPathOfTheirOwn() throws Exception {
    assertThat(run().out()).contains("[-Dsotto.platform=" + tree + "/target/app/platform/*]");
    Path app = tree.resolve("target/app");
    assertThat(app.resolve("platform/sotto-embedded.jar")).exists();
    assertThat(app.resolve("platform/y.jar")).exists();
    assertThat(Files.isSameFile(app.resolve("lib/x.jar"), app.resolve("platform/x.jar"))).isTrue();
    Path source = Files.writeString(tree.resolve("gateway-service/src/main/A.java"), "class A {}");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(run().err()).startsWith("sotto: building");
  }

  @Test
  void twoAtOnceBuildOnce() throws Exception {
    List<Process> both = List.of(start(), start());
    for (Process process : both) {
      assertThat(end(process).exitCode()).isEqualTo(7);
    }
    assertThat(calls()).hasSize(1);
  }

  @Test
  void aFailedBuildSaysWhyAndLeavesNothingToRun() throws Exception {
    Files.createFile(tree.resolve("broken"));
    Outcome outcome = run();
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .contains("[ERROR] it does not compile", "sotto: the build failed", "build.log");
    Files.delete(tree.resolve("broken"));
    assertThat(run().exitCode()).isEqualTo(7);
  }

  @Test
  void testRunsMavensVerify() throws Exception {
    Outcome outcome = run("test", "-pl", "cli");
    assertThat(outcome.exitCode()).isZero();
    assertThat(calls()).containsExactly("mvn -B verify -pl cli");
  }

  @Test
  void testChaosRunsEveryKill() throws Exception {
    Outcome outcome = run("test", "chaos", "-o");
    assertThat(outcome.exitCode()).isZero();
    assertThat(calls())
        .containsExactly(
            "mvn -B verify -pl embedded -am -Dtest=ChaosTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dsotto.chaos=all -o");
  }

  @Test
  void anOldJdkIsPassedOver() throws Exception {
    run();
    jdk("24.0.2");
    Outcome outcome = run("--version");
    // Another JDK of this machine is found, or the launcher says what to install.
    assertThat(outcome.exitCode()).isNotEqualTo(7);
    assertThat(outcome.out()).doesNotContain("[--version]");
  }
}
