package dev.sotto.orchestration.web;

import dev.sotto.platform.internal.InternalToken;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses whoever does not show the internal token: a port of this machine can be reached by every
 * program and every web page that runs on it.
 */
@Configuration(proxyBeanMethods = false)
class InternalOnly implements WebMvcConfigurer, HandlerInterceptor {
  private final InternalToken token;

  InternalOnly(InternalToken token) {
    this.token = token;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns("/internal/**");
  }

  @Override
  public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
      throws java.io.IOException {
    if (token.matches(request.getHeader(InternalToken.HEADER))) {
      return true;
    }
    response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
    return false;
  }
}
