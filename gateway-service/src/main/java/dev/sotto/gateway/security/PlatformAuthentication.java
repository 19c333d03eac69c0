package dev.sotto.gateway.security;

import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** Whoever shows the {@link PlatformKey}: nobody's tenant, no scope of a key. */
final class PlatformAuthentication extends AbstractAuthenticationToken {
  /** What it may do; no key or token of a tenant has it. */
  static final String AUTHORITY = "platform";

  private static final long serialVersionUID = 1;

  PlatformAuthentication() {
    super(List.of(new SimpleGrantedAuthority(AUTHORITY)));
    setAuthenticated(true);
  }

  @Override
  public Object getCredentials() {
    return "";
  }

  @Override
  public Object getPrincipal() {
    return AUTHORITY;
  }
}
