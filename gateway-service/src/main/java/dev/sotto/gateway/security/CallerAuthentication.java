package dev.sotto.gateway.security;

import dev.sotto.gateway.keys.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** Who calls, as Spring Security carries it. Holds no credential. */
public final class CallerAuthentication extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1;

  private final transient Caller caller;

  /** Of somebody who was recognised. */
  public CallerAuthentication(Caller caller) {
    super(
        caller.scopes().stream().map(scope -> new SimpleGrantedAuthority(scope.label())).toList());
    this.caller = caller;
    setAuthenticated(true);
  }

  @Override
  public Object getCredentials() {
    return "";
  }

  @Override
  public Caller getPrincipal() {
    return caller;
  }

  @Override
  public String getName() {
    return switch (caller) {
      case Caller.KeyHolder key -> key.keyId().toString();
      case Caller.Operator operator -> operator.tenantId().toString();
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CallerAuthentication that && caller.equals(that.caller);
  }

  @Override
  public int hashCode() {
    return caller.hashCode();
  }
}
