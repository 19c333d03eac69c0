package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The part of the style guide that cannot be argued with. */
class SourceTreeTest {
  private static final int MOST_LINES = 400;
  private static final Set<String> SKIPPED = Set.of(".git", "target", ".idea", ".vscode");
  private static final Set<String> TEXTS =
      Set.of(
          "java", "md", "xml", "sh", "yaml", "yml", "json", "properties", "sotto", "run", "config");

  /** What no text of ours may contain; written in two halves, so that this file may contain it. */
  private static final Map<String, Pattern> NOWHERE =
      Map.of(
          "a mark of unfinished work", Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b"),
          "a path of one machine",
              Pattern.compile("(?<![\\w.~$}])/(ho" + "me|ro" + "ot|Use" + "rs|wo" + "rk)/\\w"));

  private static final Map<String, Pattern> NOT_IN_JAVA =
      Map.of(
          "a test that is not run",
              Pattern.compile("@Dis" + "abled|@Ig" + "nore|\\bassu" + "me(True|False|That)\\b"),
          "a sleep", Pattern.compile("\\bThread\\.sl" + "eep\\(|TimeUnit\\.\\w+\\.sl" + "eep\\("),
          "a tab", Pattern.compile("\t"));

  static final Path ROOT = root();
  private static List<Path> texts = List.of();

  /** The folder of the launcher, from wherever the tests are started. */
  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(at.resolve("sotto")) || !Files.isDirectory(at.resolve("libs"))) {
      at = at.getParent();
      if (at == null) {
        throw new IllegalStateException("tests must be started within the source tree");
      }
    }
    return at;
  }

  @BeforeAll
  static void walk() throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes facts) {
            return SKIPPED.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes facts) {
            String name = String.valueOf(file.getFileName());
            if (facts.isRegularFile() && TEXTS.contains(name.replaceAll(".*\\.", ""))) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    texts = found;
  }

  private static List<Path> java() {
    return texts.stream().filter(file -> file.toString().endsWith(".java")).toList();
  }

  @Test
  void theTreeIsSeen() {
    assertThat(java()).hasSizeGreaterThan(30);
    assertThat(texts).contains(ROOT.resolve("sotto"), ROOT.resolve("pom.xml"));
  }

  @Test
  void textsAreFreeOfWhatDatesThem() throws IOException {
    assertThat(complaints(texts, NOWHERE)).isEmpty();
    assertThat(complaints(java(), NOT_IN_JAVA)).isEmpty();
  }

  @Test
  void filesAreShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : java()) {
      int lines = Files.readAllLines(file).size();
      if (lines > MOST_LINES) {
        tooLong.add(ROOT.relativize(file) + " has " + lines + " lines");
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIsAndIsNullMarked() throws IOException {
    Set<Path> packages =
        java().stream()
            .filter(file -> file.toString().contains("/src/main/java/"))
            .map(file -> java.util.Objects.requireNonNull(file.getParent()))
            .collect(Collectors.toSet());
    List<String> silent = new ArrayList<>();
    for (Path folder : packages) {
      Path info = folder.resolve("package-info.java");
      String text = Files.isRegularFile(info) ? Files.readString(info) : "";
      if (!text.contains("NullMarked") || !text.startsWith("/**")) {
        silent.add(ROOT.relativize(folder).toString());
      }
    }
    assertThat(silent).isEmpty();
  }

  @Test
  void filesNameNoClassAfterNothing() {
    Pattern empty = Pattern.compile("^Abstract.*|.*(Impl|Util|Utils|Helper|Manager|Base)\\.java$");
    assertThat(java().stream().map(file -> String.valueOf(file.getFileName())))
        .noneMatch(name -> empty.matcher(name).matches());
  }

  private static List<String> complaints(List<Path> files, Map<String, Pattern> forbidden)
      throws IOException {
    List<String> complaints = new ArrayList<>();
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        for (Map.Entry<String, Pattern> rule : forbidden.entrySet()) {
          if (rule.getValue().matcher(lines.get(i)).find()) {
            complaints.add("%s:%d has %s".formatted(ROOT.relativize(file), i + 1, rule.getKey()));
          }
        }
      }
    }
    return complaints;
  }
}
