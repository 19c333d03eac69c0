package dev.sotto.links;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 in which both sides show an Ed25519 certificate and nothing counts but whether its key is
 * pinned: no authority, no name, no date. TLS itself proves that the peer holds the private key.
 */
final class PinnedTls {
  private static final String CIPHER_SUITE = "TLS_AES_128_GCM_SHA256";

  private PinnedTls() {}

  /**
   * TLS over a connected socket, before its handshake. Closing the socket stays with the caller.
   */
  static SSLSocket over(
      WireSocket wire, boolean connector, NodeIdentity self, Set<IdentityKey> pinned)
      throws IOException {
    try {
      // A context of its own for each connection: no session, and no ticket, outlives it, so every
      // link is a full handshake with fresh keys.
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new OwnKey(self)}, new TrustManager[] {new PinnedOnly(pinned)}, null);
      SSLSocket tls =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(
                      wire, wire.getInetAddress().getHostAddress(), wire.getPort(), false);
      tls.setUseClientMode(connector);
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setProtocols(new String[] {"TLSv1.3"});
      parameters.setCipherSuites(new String[] {CIPHER_SUITE});
      parameters.setNamedGroups(new String[] {"x25519"});
      parameters.setSignatureSchemes(new String[] {"ed25519"});
      if (!connector) {
        parameters.setNeedClientAuth(true);
      }
      tls.setSSLParameters(parameters);
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS 1.3 with Ed25519", e);
    }
  }

  private static final class PinnedOnly extends X509ExtendedTrustManager {
    private final Set<IdentityKey> pinned;

    PinnedOnly(Set<IdentityKey> pinned) {
      this.pinned = Set.copyOf(pinned);
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      if (chain.length != 1) {
        throw new CertificateException("a node shows one certificate, not " + chain.length);
      }
      IdentityKey key;
      try {
        key = IdentityKey.of(chain[0].getPublicKey());
      } catch (IllegalArgumentException e) {
        throw new CertificateException("the certificate's key is no Ed25519 key", e);
      }
      if (!pinned.contains(key)) {
        throw new CertificateException("the identity " + key + " is not pinned");
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static final class OwnKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "node";
    private final NodeIdentity self;

    OwnKey(NodeIdentity self) {
      this.self = self;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return ALIAS;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {self.certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return self.privateKey();
    }
  }
}
