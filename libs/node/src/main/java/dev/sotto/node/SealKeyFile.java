package dev.sotto.node;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.seal.Opener;
import dev.sotto.contracts.seal.SealContext;
import dev.sotto.contracts.seal.SealKey;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.contracts.seal.Sealer;
import dev.sotto.links.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;

/** The file of a node's {@link SealKeyPair}: the secret half, then the public one, both as PEM. */
final class SealKeyFile {
  private static final String SECRET = "SOTTO SEAL PRIVATE KEY";
  private static final String PUBLIC = "SOTTO SEAL PUBLIC KEY";

  private SealKeyFile() {}

  static void write(Path file, SealKeyPair pair) throws IOException {
    new SecretFile(file, "key")
        .write(
            List.of(
                new PemObject(SECRET, pair.encodedSecret()),
                new PemObject(PUBLIC, pair.publicKey().encoded().toArray())));
  }

  static SealKeyPair read(Path file) throws IOException {
    return new SecretFile(file, "key")
        .read(
            "both halves of one seal key",
            List.of(SECRET, PUBLIC),
            blocks -> pair(blocks.get(0), new SealKey(Octets.wrap(blocks.get(1)))));
  }

  private static SealKeyPair pair(byte[] secret, SealKey publicKey) {
    SealKeyPair pair = SealKeyPair.of(secret, publicKey);
    probe(pair, publicKey);
    return pair;
  }

  /** BadMessage when the halves do not belong together. */
  private static void probe(SealKeyPair pair, SealKey publicKey) {
    SealContext about =
        new SealContext(SealContext.Direction.REQUEST, "0".repeat(64), 0, Role.DEALER);
    byte[] told = {1, 2, 3};
    Sealer sealer = Sealer.to(publicKey, about);
    Opener opener = Opener.of(pair, sealer.encapsulation(), about);
    if (!Arrays.equals(opener.open(told, sealer.seal(told, told)), told)
        || !pair.publicKey().equals(publicKey)) {
      throw new BadMessage("SealKeyPair", "has halves that do not belong together");
    }
  }
}
