package dev.sotto.cli;

import dev.sotto.models.shard.ShardException;
import dev.sotto.models.shard.ShardSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folders of provisioned models: {@code shards/NAME}, each with one set of shards for every
 * number of stages that the model was cut into.
 */
record ShardFolders(Path shards) {
  private static final Pattern FILE = Pattern.compile(".+\\.stage-\\d{1,4}-of-(\\d{1,4})\\.shard");

  /** What is found under one model's name. */
  record Provisioned(String model, Path folder, SortedSet<Integer> stages) {}

  /** A model's folder. A local model has the name of its file or folder, less what names avoid. */
  Path folder(String model) {
    return shards.resolve(name(model));
  }

  static String name(String model) {
    String last = model.replaceAll("[/\\\\]+$", "").replaceAll(".*[/\\\\]", "");
    String safe =
        last.replaceAll("\\.gguf$", "").replaceAll("[^A-Za-z0-9._@-]", "-").replaceAll("^\\.+", "");
    return safe.isEmpty() ? "model" : safe;
  }

  /** All of them, by name. */
  List<Provisioned> list() throws IOException {
    if (!Files.isDirectory(shards)) {
      return List.of();
    }
    List<Provisioned> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(shards)) {
      for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
        SortedSet<Integer> stages = stages(folder);
        if (!stages.isEmpty()) {
          all.add(new Provisioned(String.valueOf(folder.getFileName()), folder, stages));
        }
      }
    }
    return all;
  }

  private static SortedSet<Integer> stages(Path folder) throws IOException {
    SortedSet<Integer> stages = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(
          file -> {
            Matcher name = FILE.matcher(String.valueOf(file.getFileName()));
            if (name.matches()) {
              stages.add(Integer.valueOf(name.group(1)));
            }
          });
    }
    return stages;
  }

  /** Whether a complete set of that many stages is there, without reading its words. */
  static boolean complete(Path folder, int stages) {
    try {
      return ShardSet.find(folder, stages).isPresent();
    } catch (ShardException e) {
      return false;
    }
  }
}
