package dev.sotto.gateway.security;

import dev.sotto.gateway.keys.Caller;
import dev.sotto.gateway.keys.KeyDirectory;
import dev.sotto.gateway.keys.KeyText;
import dev.sotto.gateway.keys.Scope;
import dev.sotto.gateway.keys.Tenants;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/**
 * Says who shows a bearer token: the holder of a key, whoever runs the installation, or, where an
 * issuer is configured, an operator for whom a signed token vouches. Operators manage and read;
 * they ask for no answers, which are a key's to ask for.
 */
final class BearerKeys implements AuthenticationManager {
  private static final String TENANT = "sotto_tenant";
  private static final Set<Scope> OF_OPERATORS = Set.of(Scope.ADMIN, Scope.USAGE_READ);

  private final KeyDirectory keys;
  private final Tenants tenants;
  private final PlatformKey platform;
  private final @Nullable JwtDecoder tokens;

  BearerKeys(
      KeyDirectory keys, Tenants tenants, PlatformKey platform, @Nullable JwtDecoder tokens) {
    this.keys = keys;
    this.tenants = tenants;
    this.platform = platform;
    this.tokens = tokens;
  }

  @Override
  public Authentication authenticate(Authentication shown) throws AuthenticationException {
    if (!(shown instanceof BearerTokenAuthenticationToken bearer)) {
      throw new InvalidBearerTokenException("no bearer token");
    }
    String text = bearer.getToken();
    if (text.startsWith(KeyText.BRAND)) {
      return keys.find(text)
          .map(CallerAuthentication::new)
          .orElseThrow(() -> new InvalidBearerTokenException("unknown key"));
    }
    if (platform.is(text)) {
      return new PlatformAuthentication();
    }
    if (tokens == null) {
      throw new InvalidBearerTokenException("unknown key");
    }
    return new CallerAuthentication(operator(tokens, text));
  }

  private Caller operator(JwtDecoder tokens, String text) {
    Jwt token;
    try {
      token = tokens.decode(text);
    } catch (JwtException e) {
      throw new InvalidBearerTokenException("the token is not valid here", e);
    }
    String tenant = token.getClaimAsString(TENANT);
    String subject = token.getSubject();
    if (tenant == null || subject == null) {
      throw new InvalidBearerTokenException("the token names no tenant or no subject");
    }
    Set<Scope> scopes =
        scopes(token)
            .flatMap(label -> Scope.of(label).stream())
            .filter(OF_OPERATORS::contains)
            .collect(Collectors.toUnmodifiableSet());
    UUID id;
    try {
      id = UUID.fromString(tenant);
    } catch (IllegalArgumentException e) {
      throw new InvalidBearerTokenException("the token's tenant is none", e);
    }
    if (!tenants.exists(id)) {
      throw new InvalidBearerTokenException("the token's tenant is none");
    }
    return new Caller.Operator(id, subject, scopes);
  }

  /** One string, as RFC 8693 has it, or a list, as some providers do. */
  private static Stream<String> scopes(Jwt token) {
    Object claim = token.getClaims().get("scope");
    return switch (claim) {
      case String text -> Stream.of(text.split(" "));
      case List<?> list -> list.stream().map(String::valueOf);
      case null, default -> Stream.empty();
    };
  }
}
