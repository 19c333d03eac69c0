package dev.sotto.models.source;

import dev.sotto.models.ModelException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code hf:owner/repository@revision#file.gguf}; revision and file may be left out.
 *
 * @param owner user or organisation
 * @param repository repository of that owner
 * @param revision a branch, tag or commit; {@code main} where none was named
 * @param file one GGUF file of the repository, or null for the folder's layout
 */
record HubName(String owner, String repository, String revision, @Nullable String file) {
  static final String PREFIX = "hf:";
  private static final Pattern FORM =
      Pattern.compile(
          "hf:([\\w][\\w.-]{0,95})/([\\w][\\w.-]{0,95})(?:@([\\w][\\w./-]{0,199}))?(?:#([\\w][\\w.-]{0,199}\\.gguf))?");

  static HubName parse(String name) {
    Matcher m = FORM.matcher(name);
    if (!m.matches() || name.contains("..")) {
      throw new ModelException(
          Printable.of(name)
              + " is not a name on the hub; write hf:owner/repository@revision, with #file.gguf for one file of several.");
    }
    String revision = m.group(3);
    return new HubName(m.group(1), m.group(2), revision == null ? "main" : revision, m.group(4));
  }

  String path() {
    return owner + "/" + repository;
  }
}
