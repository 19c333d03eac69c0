package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Listings that a hub gave, beside the files that they list: what is cached whole is used without a
 * hub. A branch or tag is remembered as the commit that it last was.
 *
 * @param folder of one repository
 */
record KeptListings(Path folder) {
  /** The listing at a revision as it was last seen, or null; one that cannot be read is none. */
  @Nullable HubListing find(String revision) {
    try {
      String commit = isCommit(revision) ? revision : Files.readString(pointer(revision)).strip();
      if (!isCommit(commit) || Files.size(file(commit)) > HubListing.MOST_BYTES) {
        return null;
      }
      HubListing listing = HubListing.parse(Files.readAllBytes(file(commit)));
      return listing.commit().equals(commit) ? listing : null;
    } catch (IOException | ModelException e) {
      return null; // the hub knows
    }
  }

  /** Keeps what the hub said about a revision now. */
  void keep(String revision, HubListing listing) throws IOException {
    Files.createDirectories(folder);
    write(file(listing.commit()), listing.json());
    if (!isCommit(revision)) {
      write(pointer(revision), listing.commit().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  /** Whether a revision says which commit it is: it will never be another. */
  static boolean isCommit(String revision) {
    return HubListing.COMMIT.matcher(revision).matches();
  }

  private void write(Path target, byte[] content) throws IOException {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    Files.write(
        part,
        content,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
    Staging.publish(part, target);
  }

  private Path file(String commit) {
    return folder.resolve(commit + ".listing.json");
  }

  private Path pointer(String revision) {
    return folder.resolve("revision-" + revision.replace("/", "%2F"));
  }
}
