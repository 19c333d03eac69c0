package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import dev.sotto.models.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Models from a Hugging Face hub. A revision is pinned to its commit before anything is fetched;
 * every file is checked against the digest that the hub lists; what was interrupted is resumed
 * where it stopped.
 */
final class HubModels {
  private static final int ATTEMPTS_WITHOUT_PROGRESS = 4;

  /** A server that drips a few bytes per attempt would otherwise hold us for ever. */
  private static final long WORTH_ANOTHER_ATTEMPT = 1 << 20;

  private static final long MOST_SMALL = StrictJson.MOST_BYTES;
  private static final long MOST_WEIGHTS = 1L << 41;
  private static final String INDEX = "model.safetensors.index.json";
  private static final Set<String> SMALL =
      Set.of(
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "chat_template.jinja",
          INDEX);

  private final ModelSources sources;

  HubModels(ModelSources sources) {
    this.sources = sources;
  }

  /** The model's folder, or its GGUF file. */
  Path fetch(HubName name, Progress progress) {
    KeptListings kept =
        new KeptListings(
            sources.cache().resolve("hub").resolve(name.owner()).resolve(name.repository()));
    HubListing last = kept.find(name.revision());
    Path cached = last == null ? null : cachedWhole(name, last, kept.folder());
    if (cached != null && KeptListings.isCommit(name.revision())) {
      return cached; // a commit never changes: there is nothing to ask
    }
    try {
      return fetch(name, kept, progress);
    } catch (HubUnreachable e) {
      if (cached == null) {
        throw e.complaint();
      }
      progress.at("taking " + name.path() + " as it was cached", 1, 1);
      return cached;
    }
  }

  private Path fetch(HubName name, KeptListings kept, Progress progress) throws HubUnreachable {
    URI hub = sources.hub();
    if (hub == null) {
      throw new HubUnreachable(
          new ModelException(
              "No hub is configured, so %s cannot be fetched; configure the hub's address."
                  .formatted(name.path())));
    }
    try (HubClient client = new HubClient(hub, sources.token(), sources.patience())) {
      HubListing listing = client.list(name);
      String lock = "hf-" + name.owner() + "-" + name.repository();
      return FileLocks.holding(
          sources.cache(), lock, () -> fetchLocked(client, name, kept, listing, progress));
    }
  }

  private Path fetchLocked(
      HubClient client, HubName name, KeptListings kept, HubListing listing, Progress progress) {
    Path folder = kept.folder().resolve(listing.commit());
    try {
      Files.createDirectories(folder);
      kept.keep(name.revision(), listing);
      List<HubFile> small = small(listing);
      if (!safetensors(name, listing)) {
        HubFile file = gguf(name, listing.files());
        bounded(file, MOST_WEIGHTS);
        Staging.checkRoom(folder, file.bytes());
        return file(client, name, listing.commit(), file, folder, progress);
      }
      for (HubFile file : small) {
        bounded(file, MOST_SMALL);
        file(client, name, listing.commit(), file, folder, progress);
      }
      List<HubFile> weights = weights(folder, listing.files());
      long missing = 0;
      for (HubFile file : weights) {
        bounded(file, MOST_WEIGHTS);
        missing += Files.exists(folder.resolve(file.name())) ? 0 : file.bytes();
      }
      Staging.checkRoom(folder, missing);
      for (HubFile file : weights) {
        file(client, name, listing.commit(), file, folder, progress);
      }
      return folder;
    } catch (IOException | UncheckedIOException e) {
      throw new ModelException(
          "%s could not be put into the model cache; check that its folder is writable and its disk not full."
              .formatted(name.path()),
          e);
    }
  }

  private static List<HubFile> small(HubListing listing) {
    return listing.files().stream().filter(f -> SMALL.contains(f.name())).toList();
  }

  private static boolean safetensors(HubName name, HubListing listing) {
    return name.file() == null
        && listing.files().stream()
            .anyMatch(f -> f.name().equals("model.safetensors") || f.name().equals(INDEX));
  }

  /** What {@link #fetchLocked} would return if it had nothing to fetch, or null if it had. */
  private static @Nullable Path cachedWhole(HubName name, HubListing listing, Path repository) {
    Path folder = repository.resolve(listing.commit());
    if (!safetensors(name, listing)) {
      HubFile file = gguf(name, listing.files());
      return isThere(folder, file) ? folder.resolve(file.name()) : null;
    }
    boolean whole =
        small(listing).stream().allMatch(f -> isThere(folder, f))
            && weights(folder, listing.files()).stream().allMatch(f -> isThere(folder, f));
    return whole ? folder : null;
  }

  /** It was checked when it was moved there, and nobody moves unchecked files there. */
  private static boolean isThere(Path folder, HubFile file) {
    try {
      Path target = folder.resolve(file.name());
      return Files.isRegularFile(target) && Files.size(target) == file.bytes();
    } catch (IOException e) {
      return false;
    }
  }

  private static HubFile gguf(HubName name, List<HubFile> files) {
    List<HubFile> candidates =
        files.stream()
            .filter(
                f ->
                    name.file() == null ? f.name().endsWith(".gguf") : f.name().equals(name.file()))
            .toList();
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    List<String> names =
        files.stream()
            .map(HubFile::name)
            .filter(f -> f.endsWith(".gguf"))
            .limit(20)
            .map(Printable::of)
            .toList();
    throw new ModelException(
        names.isEmpty()
            ? "%s has neither safetensors nor GGUF files; take another model."
                .formatted(name.path())
            : "%s has several GGUF files; add # and one of: %s."
                .formatted(name.path(), String.join(", ", names)));
  }

  private static List<HubFile> weights(Path folder, List<HubFile> files) {
    Set<String> names = new TreeSet<>();
    StrictJson index = StrictJson.readIfThere(folder.resolve(INDEX));
    if (index == null || files.stream().anyMatch(f -> f.name().equals("model.safetensors"))) {
      names.add("model.safetensors");
    } else {
      for (JsonNode n : index.node().path("weight_map")) {
        names.add(n.asString(""));
      }
    }
    List<HubFile> found = new ArrayList<>();
    for (String name : names) {
      // Only files that the listing has, at the top of the repository: an index cannot lead
      // elsewhere.
      found.add(
          files.stream()
              .filter(f -> f.name().equals(name) && !name.contains("/"))
              .findFirst()
              .orElseThrow(
                  () ->
                      new ModelException(
                          "The hub's listing lacks %s, which the model's index names; take another revision."
                              .formatted(Printable.of(name)))));
    }
    return found;
  }

  private static void bounded(HubFile file, long most) {
    if (file.bytes() > most) {
      throw new ModelException(
          "%s has %d bytes, more than the %d allowed; take another model."
              .formatted(Printable.of(file.name()), file.bytes(), most));
    }
  }

  /** The file in the cache; a partial download beside it is continued. */
  private Path file(
      HubClient client, HubName name, String commit, HubFile file, Path folder, Progress progress)
      throws IOException {
    Path target = folder.resolve(file.name());
    if (isThere(folder, file)) {
      return target;
    }
    Path part = folder.resolve(file.name() + ".part");
    IOException last = null;
    long before = 0;
    for (int stuck = 0; stuck < ATTEMPTS_WITHOUT_PROGRESS; stuck++) {
      long have = Files.exists(part) ? Files.size(part) : 0;
      if (have - before >= WORTH_ANOTHER_ATTEMPT) {
        stuck = 0;
        before = have;
      }
      if (have == file.bytes()) {
        break;
      }
      try {
        append(client, name, commit, file, part, progress);
      } catch (FullDisk e) {
        throw e.why;
      } catch (IOException e) {
        last = e;
      }
    }
    if (!Files.exists(part) || Files.size(part) != file.bytes()) {
      ModelException gone =
          new ModelException(
              "%s of %s could not be downloaded whole; check the network and run the command again, it resumes."
                  .formatted(file.name(), name.path()));
      if (last != null) {
        gone.initCause(last);
      }
      throw gone;
    }
    MessageDigest digest = file.newDigest();
    try (InputStream in = Files.newInputStream(part)) {
      byte[] chunk = new byte[1 << 16];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
    }
    if (!file.matches(digest)) {
      Files.delete(part);
      throw new ModelException(
          "%s of %s does not have the digest that the hub lists; it was deleted. Run the command again."
              .formatted(file.name(), name.path()));
    }
    Staging.publish(part, target);
    return target;
  }

  /** Distinguishes our disk from their network: only the latter is worth another attempt. */
  private static final class FullDisk extends IOException {
    final IOException why;

    FullDisk(IOException why) {
      super(why);
      this.why = why;
    }
  }

  private void append(
      HubClient client, HubName name, String commit, HubFile file, Path part, Progress progress)
      throws IOException {
    long have = Files.exists(part) ? Files.size(part) : 0;
    if (have > file.bytes()) {
      Files.delete(part);
      have = 0;
    }
    HttpResponse<InputStream> response = client.open(name, commit, file.name(), have);
    try (InputStream in = new ImpatientStream(response.body(), sources.patience())) {
      if (response.statusCode() == 200) {
        // The server does not resume: begin again.
        have = 0;
      } else if (!response
          .headers()
          .firstValue("Content-Range")
          .orElse("")
          .startsWith("bytes " + have + "-")) {
        throw new IOException("the server resumed elsewhere");
      }
      write(in, part, have, file, progress);
    }
  }

  private static void write(InputStream in, Path part, long have, HubFile file, Progress progress)
      throws IOException {
    StandardOpenOption mode =
        have == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
    try (OutputStream out =
        Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode)) {
      byte[] chunk = new byte[1 << 16];
      String what = "downloading " + file.name();
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        have += n;
        if (have > file.bytes()) {
          throw new IOException("there are more bytes than the hub lists");
        }
        try {
          out.write(chunk, 0, n);
        } catch (IOException e) {
          throw new FullDisk(e);
        }
        progress.at(what, have, file.bytes());
      }
    }
  }
}
