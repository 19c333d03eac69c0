package dev.sotto.gateway.security;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.OPTIONS;

import dev.sotto.gateway.GatewaySettings;
import dev.sotto.gateway.keys.KeyDirectory;
import dev.sotto.gateway.keys.Scope;
import dev.sotto.gateway.keys.Tenants;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

/** What may be reached, by whom. No sessions, no cookies, no forms: a bearer token or nothing. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  private static final String INFERENCE = Scope.INFERENCE.label();
  private static final String SEALED = Scope.SEALED.label();

  /** Health and metrics, on a port of their own that is bound to this machine. */
  @Bean
  @Order(1)
  SecurityFilterChain management(HttpSecurity http) {
    return http.securityMatcher(EndpointRequest.toAnyEndpoint())
        .authorizeHttpRequests(all -> all.anyRequest().permitAll())
        .csrf(csrf -> csrf.disable())
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain api(
      HttpSecurity http, KeyDirectory keys, Tenants tenants, GatewaySettings settings) {
    SecurityErrors errors = new SecurityErrors();
    PlatformKey platform = PlatformKey.read(settings.platformKeyFile());
    BearerKeys bearers = new BearerKeys(keys, tenants, platform, decoder(settings.oidc()));
    return http.authorizeHttpRequests(
            rules ->
                rules
                    .requestMatchers(GET, "/", "/healthz", "/readyz", "/v1/openapi.json")
                    .permitAll()
                    .requestMatchers(GET, "/docs", "/swagger-ui/**", "/v1/openapi.json/**")
                    .permitAll()
                    .requestMatchers("/error")
                    .permitAll()
                    .requestMatchers(OPTIONS, "/**")
                    .permitAll()
                    .requestMatchers("/v1/chat/**", "/v1/completions", "/v1/responses/**")
                    .hasAuthority(INFERENCE)
                    .requestMatchers("/v1/sealed/**")
                    .hasAuthority(SEALED)
                    .requestMatchers("/v1/jobs/**", "/v1/receipts/**")
                    .hasAnyAuthority(INFERENCE, SEALED)
                    .requestMatchers("/v1/organization/usage/**", "/v1/organization/costs")
                    .hasAuthority(Scope.USAGE_READ.label())
                    .requestMatchers("/v1/organization/**")
                    .hasAuthority(Scope.ADMIN.label())
                    .requestMatchers("/v1/platform/**")
                    .hasAuthority(PlatformAuthentication.AUTHORITY)
                    .anyRequest()
                    .authenticated())
        .oauth2ResourceServer(
            server ->
                server
                    .authenticationManagerResolver(request -> bearers)
                    .authenticationEntryPoint(errors)
                    .accessDeniedHandler(errors))
        .exceptionHandling(on -> on.authenticationEntryPoint(errors).accessDeniedHandler(errors))
        .cors(cors -> cors.configurationSource(origins(settings.cors())))
        .headers(
            headers ->
                headers
                    .contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT))
                    .referrerPolicy(policy -> {}))
        .csrf(csrf -> csrf.disable())
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.disable())
        .logout(logout -> logout.disable())
        .build();
  }

  /** The page of the API loads its own scripts and styles; nothing else loads anything. */
  private static final String CONTENT =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

  private static UrlBasedCorsConfigurationSource origins(GatewaySettings.Cors cors) {
    CorsConfiguration rules = new CorsConfiguration();
    rules.setAllowedOriginPatterns(cors.origins());
    rules.setAllowedMethods(List.of("GET", "POST"));
    rules.setAllowedHeaders(List.of("*"));
    rules.setExposedHeaders(
        List.of(
            "x-request-id",
            "openai-processing-ms",
            "retry-after",
            "x-sotto-enclave",
            "x-sotto-protection",
            "x-sotto-job",
            "x-ratelimit-limit-requests",
            "x-ratelimit-limit-tokens",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-remaining-tokens",
            "x-ratelimit-reset-requests",
            "x-ratelimit-reset-tokens"));
    // A key is sent in a header by who holds it; no browser is to add anything by itself.
    rules.setAllowCredentials(false);
    rules.setMaxAge(Duration.ofHours(1));
    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    for (String path :
        List.of(
            "/v1/models/**",
            "/v1/chat/**",
            "/v1/completions",
            "/v1/responses/**",
            "/v1/jobs/**",
            "/v1/receipts/**")) {
      source.registerCorsConfiguration(path, rules);
    }
    return source;
  }

  private static @Nullable JwtDecoder decoder(GatewaySettings.Oidc oidc) {
    String issuer = oidc.issuer();
    if (issuer == null || issuer.isBlank()) {
      return null;
    }
    // The issuer is asked for its keys when the first token comes: it may start after this.
    return new SupplierJwtDecoder(
        () -> {
          NimbusJwtDecoder decoder = NimbusJwtDecoder.withIssuerLocation(issuer).build();
          decoder.setJwtValidator(
              new DelegatingOAuth2TokenValidator<>(
                  JwtValidators.createDefaultWithIssuer(issuer), audience(oidc.audience())));
          return decoder;
        });
  }

  private static OAuth2TokenValidator<Jwt> audience(String expected) {
    return token ->
        token.getAudience() != null && token.getAudience().contains(expected)
            ? OAuth2TokenValidatorResult.success()
            : OAuth2TokenValidatorResult.failure(
                new OAuth2Error("invalid_token", "The token is not for this audience.", null));
  }
}
