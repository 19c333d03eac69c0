package dev.sotto.cli;

import dev.sotto.models.shard.ShardException;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
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
 * The folders of provisioned models: {@code shards/NAME-DIGEST}, the digest being the beginning of
 * the model's, each with one set of shards for every number of stages that the model was cut into.
 * Two models of one name have two folders. Folders of earlier versions have no digest in their
 * name, and stay where they are.
 */
record ShardFolders(Path shards) {
  private static final Pattern FILE = Pattern.compile(".+\\.stage-\\d{1,4}-of-(\\d{1,4})\\.shard");
  private static final int DIGEST = 12;
  private static final Pattern KEYED = Pattern.compile("(.+)-[0-9a-f]{" + DIGEST + "}");

  /**
   * What is found in one folder.
   *
   * @param model its model's name, which another folder may have too
   * @param key the folder's own name, which no other has
   */
  record Provisioned(String model, String key, Path folder, SortedSet<Integer> stages) {}

  /** Where the shards of the model that a name stands for and that has this digest are, or go. */
  Path folder(String model, String digest) {
    String name = name(model);
    Path earlier = shards.resolve(name);
    Path part = earlier.resolve(Provisioning.PUBLIC_PART);
    if (Files.isRegularFile(part) && PublicPart.read(part).modelDigest().equals(digest)) {
      return earlier;
    }
    return shards.resolve(name + "-" + digest.substring(0, DIGEST));
  }

  /** A model's name in a folder's: a local one's file or folder, less what names avoid. */
  static String name(String model) {
    String last = model.replaceAll("[/\\\\]+$", "").replaceAll(".*[/\\\\]", "");
    String safe =
        last.replaceAll("\\.gguf$", "").replaceAll("[^A-Za-z0-9._@-]", "-").replaceAll("^\\.+", "");
    return safe.isEmpty() ? "model" : safe;
  }

  /** All that have the name that {@code model} gives, or whose folder is called so. */
  List<Provisioned> ofName(String model) throws IOException {
    String name = name(model);
    return list().stream()
        .filter(
            found ->
                found.model().equals(name)
                    || found.key().equals(name)
                    || found.key().startsWith(name + "/"))
        .toList();
  }

  /** Whether anything lies under the name that {@code model} gives, whatever its digest. */
  boolean anyOf(String model) throws IOException {
    String name = name(model);
    return folders(shards).stream()
        .map(folder -> String.valueOf(folder.getFileName()))
        .anyMatch(key -> key.equals(name) || modelOf(key).equals(name));
  }

  /** All of them, by folder; lanes of their own lie in folders within their model's. */
  List<Provisioned> list() throws IOException {
    List<Provisioned> all = new ArrayList<>();
    for (Path folder : folders(shards)) {
      String key = String.valueOf(folder.getFileName());
      add(all, key, key, folder);
      for (Path lane : folders(folder)) {
        add(all, key, key + "/" + lane.getFileName(), lane);
      }
    }
    return all;
  }

  private static void add(List<Provisioned> all, String model, String key, Path folder)
      throws IOException {
    SortedSet<Integer> stages = stages(folder);
    if (!stages.isEmpty()) {
      all.add(new Provisioned(modelOf(model), key, folder, stages));
    }
  }

  private static String modelOf(String key) {
    Matcher keyed = KEYED.matcher(key);
    return keyed.matches() ? keyed.group(1) : key;
  }

  private static List<Path> folders(Path in) throws IOException {
    if (!Files.isDirectory(in)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(in)) {
      return all.filter(Files::isDirectory).sorted().toList();
    }
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
