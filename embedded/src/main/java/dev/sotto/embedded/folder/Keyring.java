package dev.sotto.embedded.folder;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.gateway.keys.KeyText;
import dev.sotto.launch.LaunchException;
import dev.sotto.launch.PrivateFile;
import dev.sotto.node.NodeKeys;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The secret keys of everybody who is played on this machine, each in a file that is made once and
 * never overwritten.
 *
 * @param folder where they lie
 */
public record Keyring(Path folder) {
  private static final int SECRET_BYTES = 32;
  private static final Pattern SECRET = Pattern.compile("[0-9a-f]{64}");
  private static final String UNFINISHED = ".new";

  /** The signing key of a publisher, an operator or a service. */
  public SigningKey signer(String kind, String name) throws IOException {
    Path file = signerFile(kind, name);
    PrivateFile.folder(folder.resolve(kind));
    if (!Files.exists(file)) {
      SigningKey fresh = SigningKey.create();
      String secret = Base64.getEncoder().encodeToString(fresh.encodedSecret());
      PrivateFile.write(file, fresh.publicHex() + "\n" + secret + "\n");
    }
    try {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() == 2) {
        return SigningKey.of(Base64.getDecoder().decode(lines.get(1)), lines.get(0));
      }
    } catch (BadMessage | IllegalArgumentException | java.nio.charset.MalformedInputException e) {
      // Without the cause: a parser's message may quote what it read, and that is a key.
    }
    throw damaged(file);
  }

  /** Where {@link #signer} keeps a key: the public half in hexadecimal, the secret in base64. */
  public Path signerFile(String kind, String name) {
    return folder.resolve(kind).resolve(name + ".key");
  }

  /** The file of a secret of 32 random bytes, as 64 hexadecimal digits. */
  public Path secret(String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      byte[] fresh = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(fresh);
      PrivateFile.write(file, HexFormat.of().formatHex(fresh));
    }
    if (!SECRET
        .matcher(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
        .matches()) {
      throw damaged(file);
    }
    return file;
  }

  /** The file of an API key, which the gateway is told of by this file. */
  public Path apiKey(String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      PrivateFile.write(file, KeyText.draw(new SecureRandom()).reveal() + "\n");
    }
    if (!KeyText.wellFormed(
        Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).strip())) {
      throw damaged(file);
    }
    return file;
  }

  /** The folder of a node's own keys. */
  public Path node(String process) throws IOException {
    Path nodes = PrivateFile.folder(folder.resolve("nodes"));
    Path keys = nodes.resolve(process);
    if (!Files.isDirectory(keys)) {
      Path draft = nodes.resolve(process + UNFINISHED);
      empty(draft); // a crash left it, and nobody has seen it
      PrivateFile.folder(draft);
      NodeKeys.create(draft);
      Files.move(draft, keys, StandardCopyOption.ATOMIC_MOVE);
    }
    return keys;
  }

  private static void empty(Path draft) throws IOException {
    if (Files.isDirectory(draft)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(draft)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
    }
  }

  private static LaunchException damaged(Path file) {
    return new LaunchException(file + " is damaged; restore it, or move it away to get a new one");
  }
}
