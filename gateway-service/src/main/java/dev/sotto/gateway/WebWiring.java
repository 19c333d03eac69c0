package dev.sotto.gateway;

import dev.sotto.gateway.errors.BodyBounds;
import dev.sotto.gateway.errors.DatabaseAway;
import dev.sotto.gateway.errors.NamedLogs;
import dev.sotto.gateway.errors.UnreadRefusals;
import dev.sotto.gateway.limits.LimitFilter;
import dev.sotto.gateway.limits.Limits;
import dev.sotto.gateway.models.ServedModels;
import jakarta.servlet.Filter;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The order of filters: a name in the log and bounds for everyone, then who it is, then what is
 * left to them.
 */
@Configuration(proxyBeanMethods = false)
class WebWiring {
  private static final int SECURITY = SecurityFilterProperties.DEFAULT_FILTER_ORDER;

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> unreadRefusals() {
    return tomcat ->
        tomcat.addContextCustomizers(
            context -> {
              if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(UnreadRefusals.class.getName());
              }
            });
  }

  @Bean
  ServedModels servedModels(GatewaySettings settings) {
    return new ServedModels(settings.modelsFolder(), settings.protections());
  }

  @Bean
  Limits keyLimits() {
    return new Limits();
  }

  @Bean
  FilterRegistrationBean<NamedLogs> namedLogs() {
    return ordered(new FilterRegistrationBean<>(new NamedLogs()), SECURITY - 20);
  }

  @Bean
  FilterRegistrationBean<DatabaseAway> databaseAway() {
    return ordered(new FilterRegistrationBean<>(new DatabaseAway()), SECURITY - 15);
  }

  @Bean
  FilterRegistrationBean<BodyBounds> bodyBounds() {
    return ordered(new FilterRegistrationBean<>(new BodyBounds()), SECURITY - 10);
  }

  @Bean
  FilterRegistrationBean<LimitFilter> limitFilter(Limits limits) {
    return ordered(new FilterRegistrationBean<>(new LimitFilter(limits)), SECURITY + 10);
  }

  private static <T extends Filter> FilterRegistrationBean<T> ordered(
      FilterRegistrationBean<T> filter, int order) {
    filter.setOrder(order);
    return filter;
  }
}
