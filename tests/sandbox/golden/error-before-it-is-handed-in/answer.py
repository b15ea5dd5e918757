explanation = 'The planes
