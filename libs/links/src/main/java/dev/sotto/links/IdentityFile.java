package dev.sotto.links;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;

/** The file of a {@link NodeIdentity}: PKCS#8 key, then certificate, both as PEM, in one file. */
final class IdentityFile {
  private static final String KEY = "PRIVATE KEY";
  private static final String CERTIFICATE = "CERTIFICATE";

  private IdentityFile() {}

  static void write(Path file, NodeIdentity identity) throws IOException {
    byte[] certificate;
    try {
      certificate = identity.certificate().getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate of this identity cannot be encoded", e);
    }
    new SecretFile(file, "identity")
        .write(
            List.of(
                new PemObject(KEY, identity.privateKey().getEncoded()),
                new PemObject(CERTIFICATE, certificate)));
  }

  static NodeIdentity read(Path file) throws IOException {
    return new SecretFile(file, "identity")
        .read(
            "an Ed25519 key and its certificate",
            List.of(KEY, CERTIFICATE),
            blocks -> identity(blocks.get(0), blocks.get(1)));
  }

  private static NodeIdentity identity(byte[] pkcs8, byte[] x509) throws GeneralSecurityException {
    PrivateKey key =
        KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(x509));
    return NodeIdentity.of(key, certificate);
  }
}
