package dev.sotto.models.source;

import dev.sotto.models.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a repository has at one commit.
 *
 * @param commit the commit, 40 hex digits
 * @param files those that come with a digest
 * @param json as the hub said it
 */
record HubListing(String commit, List<HubFile> files, byte[] json) {
  static final int MOST_BYTES = 16 << 20;
  static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final int MOST_FILES = 8192;
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** Reads what a hub answered; a ModelException names the field that is not as it should be. */
  static HubListing parse(byte[] body) {
    StrictJson json = StrictJson.parse("the hub's listing", body);
    String commit = json.text("sha");
    if (commit == null || !COMMIT.matcher(commit).matches()) {
      throw json.bad("sha", "it is not a commit");
    }
    JsonNode siblings = json.node().path("siblings");
    if (!siblings.isArray() || siblings.size() > MOST_FILES) {
      throw json.bad("siblings", "it is not a list of at most " + MOST_FILES + " files");
    }
    List<HubFile> files = new ArrayList<>();
    for (JsonNode n : siblings) {
      String file = n.path("rfilename").asString("");
      long size = n.path("size").asLong(-1);
      String sha256 = lower(n.path("lfs").path("sha256").asString(""), SHA256);
      String blob = lower(n.path("blobId").asString(""), COMMIT);
      if (!file.isEmpty() && size >= 0 && (sha256 != null || blob != null)) {
        files.add(new HubFile(file, size, sha256, blob));
      }
    }
    return new HubListing(commit, files, body);
  }

  private static @Nullable String lower(String hex, Pattern form) {
    String lower = hex.toLowerCase(Locale.ROOT);
    return form.matcher(lower).matches() ? lower : null;
  }
}
